/** struct vm_struct: what vmalloc, vmap and get_vm_area know of an area; vm_map_ram has none. */
export class VmStruct {
  flags = 0;
  /** First page, vpn. */
  addr = 0;
  /** Pages including the guard page, if it has one. */
  size = 0;
  /** Frames (pfn) the area owns: vmalloc's; null for others. */
  pages: readonly number[] | null = null;
  /** Where the page array itself was vmalloc'ed because it is large; NaN: it was not. */
  pagesVpn = Number.NaN;
  /** Set by kfree: any use from then on is a use after free. */
  freed = false;

  get nr_pages(): number {
    return this.pages === null ? 0 : this.pages.length;
  }
}
