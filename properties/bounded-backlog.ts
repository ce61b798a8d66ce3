import type { Property } from './property.ts';

export const boundedBacklog: Property = {
  name: 'bounded-backlog',
  kind: 'economy',
  invariant: 'I15',
  prose:
    'Lazy pages stay under a bound however allocators and purgers are scheduled; no drain ' +
    'request is lost.',
  source: 'Uladzislau Rezki, 29 January 2019 (mail 3); 690467c81b1a (v5.18) for lost requests',
  interleaved: 'at rest',
  underConcurrency:
    'Looked at when every call has returned and every work item is done: a request to drain that ' +
    'was lost leaves more lazy pages than lazy_max_pages().',
  watch(world, violated) {
    const { lazyMaxPages } = world.machine;
    return {
      state({ vmapLazyNr, pendingWork }) {
        if (vmapLazyNr <= lazyMaxPages || pendingWork > 0) return;
        violated(
          `${vmapLazyNr} pages are lazy, more than lazy_max_pages() = ${lazyMaxPages}, ` +
            'and no drain is requested',
        );
      },
    };
  },
};
