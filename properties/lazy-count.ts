import type { Property } from './property.ts';

export const lazyCount: Property = {
  name: 'lazy-count',
  kind: 'safety',
  invariant: 'I4',
  prose:
    'vmap_lazy_nr equals the lazy pages whenever nothing is in flight, and never goes ' +
    'negative or wraps.',
  source:
    'free_vmap_area_noflush() and __purge_vmap_area_lazy(); v5.1 made it a long, for the wrap',
  interleaved: 'at rest',
  underConcurrency:
    'Looked at when every call has returned and every work item is done: areas are counted ' +
    'before they are listed, and listed no more before they are uncounted.',
  watch(_world, violated) {
    return {
      state({ lazy, vmapLazyNr }) {
        let pages = 0;
        for (let i = 0; i < lazy.length; i += 2) pages += (lazy[i + 1] ?? 0) - (lazy[i] ?? 0);
        if (vmapLazyNr !== pages) {
          violated(`vmap_lazy_nr is ${vmapLazyNr}, the lazy areas hold ${pages} pages`);
        }
      },
    };
  },
};
