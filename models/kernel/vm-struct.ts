/** Who asked for an area; /proc/vmallocinfo prints the caller's address in its place. */
export type VmCaller = 'vmalloc' | 'vmap' | 'ioremap' | 'get_vm_area' | 'pcpu_get_vm_areas';

/** struct vm_struct: what an owner other than vm_map_ram knows about its area. */
export interface VmStruct {
  /** VM_* bits. */
  flags: number;
  /** First page of the area, vpn. */
  addr: number;
  /** Pages of the area, the guard page included. */
  size: number;
  /** Frames behind the pages, pfn; null where the area does not know them. */
  pages: number[] | null;
  nr_pages: number;
  readonly caller: VmCaller;
}
