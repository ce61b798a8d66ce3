import type { Patch } from './policy.ts';

/** vmalloc asks the page allocator for one page at a time, and gives up at the first refusal. */
export const singlePages: Patch = {
  name: 'v5.13-single-pages',
  title: 'before "mm/vmalloc: switch to bulk allocator in __vmalloc_area_node()"',
  source: 'Uladzislau Rezki, May 2021 (v5.14); v5.4 source',
  apply: (Base) =>
    class extends Base {
      /** A loop of __vmalloc_area_node() then. */
      override vm_area_alloc_pages(nr_pages: number, pages: number[]): void {
        while (pages.length < nr_pages) {
          const pfn = this.alloc_page();
          if (pfn < 0) return;
          pages.push(pfn);
        }
      }
    },
};
