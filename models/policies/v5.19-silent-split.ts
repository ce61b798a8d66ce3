import type { Patch } from './policy.ts';

/** A free area that cannot be split for want of memory leads to a purge, but not to a warning. */
export const silentSplit: Patch = {
  name: 'v5.19-silent-split',
  title: 'before "mm/vmalloc: invoke classify_va_fit_type() in adjust_va_to_fit_type()"',
  source: 'Baoquan He, June 2022 (v6.0); v5.18 source',
  apply: (Base) =>
    class extends Base {
      override warnOfSplit(failed: boolean, _text: string): boolean {
        return failed;
      }
    },
};
