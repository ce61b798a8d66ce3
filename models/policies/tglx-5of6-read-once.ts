import type { Patch } from './policy.ts';

/**
 * Annotations for the compiler only. In this model every load that another task may race with is a
 * scheduling point from v6.1 on, and no load is ever torn, so there is nothing to override.
 */
export const readOnce: Patch = {
  name: 'tglx-5of6-read-once',
  title: 'mm/vmalloc: add missing READ/WRITE_ONCE() annotations',
  source: '7f48121e9fa8 (v6.5)',
  apply: (Base) => Base,
};
