import { NULL } from './err.ts';
import { AREA_WRITE } from './footprint.ts';
import type { Work } from './kernel-base.ts';
import { ADDRESS_ZERO, ULONG_MAX } from './lazy-purge.ts';
import { KernelOops } from './oops.ts';
import type { Run } from './point.ts';
import { VmAreas } from './vm-area.ts';
import { VM_ALLOC, VM_FLUSH_RESET_PERMS, VM_UNINITIALIZED } from './vm-flags.ts';
import type { VmStruct } from './vm-struct.ts';

/** Page pointers that fit in one page: larger page arrays are vmalloc'ed themselves. */
const POINTERS_PER_PAGE = 512;

/** What one bulk request to the page allocator may ask for, in pages. */
const BULK_PAGES = 100;

/** One CPU's addresses waiting to be freed by its worker (struct vfree_deferred). */
interface VfreeDeferred {
  readonly list: number[];
  readonly wq: Work;
}

/** vmalloc and the ways to give it back. mm/vmalloc.c, v6.1, without huge mappings. */
export abstract class Vmalloc extends VmAreas {
  readonly vfree_deferred: VfreeDeferred[] = [];

  /** Fills `pages` up to `nr_pages` frames as far as memory goes. */
  vm_area_alloc_pages(nr_pages: number, pages: number[]): void {
    while (pages.length < nr_pages) {
      const request = Math.min(BULK_PAGES, nr_pages - pages.length);
      const before = pages.length;
      if (this.mayAllocate()) {
        for (let i = 0; i < request; i++) {
          const pfn = this.allocFrame();
          if (pfn < 0) break;
          pages.push(pfn);
        }
      }
      if (pages.length - before !== request) break;
    }
    // What the bulk allocator did not give is asked for page by page.
    while (pages.length < nr_pages) {
      const pfn = this.alloc_page();
      if (pfn < 0) break;
      pages.push(pfn);
    }
  }

  /** Room for the page array: kmalloc'ed, or vmalloc'ed itself if it is large. */
  *alloc_page_array(area: VmStruct, nr_pages: number): Run<boolean> {
    if (nr_pages <= POINTERS_PER_PAGE) return this.kmalloc('page_array');
    const arrayPages = Math.ceil(nr_pages / POINTERS_PER_PAGE);
    const [start, end] = this.rangeOf('vmalloc');
    const vpn = yield* this.__vmalloc_node_range(arrayPages, 1, start, end, 0);
    if (vpn === NULL) return false;
    this.notePages(vpn, vpn + arrayPages, AREA_WRITE);
    this.observer.innerAllocated(vpn, arrayPages);
    area.pagesVpn = vpn;
    return true;
  }

  *kvfree_page_array(area: VmStruct): Run<void> {
    if (area.pages === null) return;
    if (Number.isNaN(area.pagesVpn)) {
      this.kfree('page_array');
      return;
    }
    this.innerFreeBegins(area.pagesVpn);
    yield* this.vfree(area.pagesVpn);
    this.innerFreeReturned(area.pagesVpn);
  }

  *__vmalloc_area_node(area: VmStruct): Run<number> {
    const nr_small_pages = this.get_vm_area_size(area);
    if (!(yield* this.alloc_page_array(area, nr_small_pages))) {
      yield* this.free_vm_area(area);
      return NULL;
    }
    const pages: number[] = [];
    this.vm_area_alloc_pages(nr_small_pages, pages);
    area.pages = pages;
    if (
      pages.length !== nr_small_pages ||
      (yield* this.vmap_pages_range(area.addr, nr_small_pages, pages)) < 0
    ) {
      this.trace('__vmalloc_area_node: fail');
      yield* this.vfree(area.addr);
      return NULL;
    }
    return area.addr;
  }

  /** Allocates and maps `size` pages within [start, end); returns the vpn or NULL. */
  *__vmalloc_node_range(
    size: number,
    align: number,
    start: number,
    end: number,
    vm_flags: number,
  ): Run<number> {
    if (this.WARN_ON(size === 0, '__vmalloc_node_range: !size')) return NULL;
    if (size > this.machine.ramPages) return NULL;
    const flags = VM_ALLOC | VM_UNINITIALIZED | vm_flags;
    const area = yield* this.__get_vm_area_node(size, align, flags, start, end);
    if (area === null) return NULL;
    const addr = yield* this.__vmalloc_area_node(area);
    if (addr !== NULL) {
      this.noteWrite(area);
      area.flags &= ~VM_UNINITIALIZED;
    }
    return addr;
  }

  set_area_direct_map(area: VmStruct, set_direct_map: (pfn: number) => void): void {
    for (const pfn of area.pages ?? []) set_direct_map(pfn);
  }

  /** The hull of an area's frames in the direct map, [start, end) in vpn; empty without frames. */
  directMapHull(area: VmStruct): readonly [number, number] {
    const { directMapVpn } = this.machine;
    let start = ULONG_MAX;
    let end = ADDRESS_ZERO;
    for (const pfn of area.pages ?? []) {
      start = Math.min(directMapVpn + pfn, start);
      end = Math.max(directMapVpn + pfn + 1, end);
    }
    return [start, end];
  }

  /** Flushes an area that is already unmapped, and gives its frames default permissions. */
  *vm_reset_perms(area: VmStruct): Run<void> {
    const [start, end] = this.directMapHull(area);
    // Not present while the flush runs, so that no CPU caches the old permissions anew.
    this.set_area_direct_map(area, (pfn) => this.set_direct_map_invalid_noflush(pfn));
    yield* this._vm_unmap_aliases(start, end, area.nr_pages > 0);
    this.set_area_direct_map(area, (pfn) => this.set_direct_map_default_noflush(pfn));
  }

  *vm_remove_mappings(area: VmStruct, deallocate_pages: boolean): Run<void> {
    yield* this.remove_vm_area(area.addr);
    if ((area.flags & VM_FLUSH_RESET_PERMS) === 0) return;
    if (deallocate_pages) yield* this.vm_reset_perms(area);
    else yield* this.vm_unmap_aliases();
  }

  *__vunmap(vpn: number, deallocate_pages: boolean): Run<void> {
    const area = yield* this.find_vm_area(vpn);
    if (area === null) {
      this.WARN_ON(true, 'Trying to vfree() nonexistent vm area');
      return;
    }
    yield* this.vm_remove_mappings(area, deallocate_pages);
    if (deallocate_pages) yield* this.free_area_pages(area);
    this.kfree_vm_struct(area);
  }

  /** Gives back the frames an area owns, and the array that lists them. */
  *free_area_pages(area: VmStruct): Run<void> {
    for (const pfn of area.pages ?? []) this.__free_page(pfn);
    yield* this.kvfree_page_array(area);
  }

  *vfree(vpn: number): Run<void> {
    this.might_sleep();
    yield* this.__vunmap(vpn, true);
  }

  override *vunmap(vpn: number): Run<void> {
    this.might_sleep();
    yield* this.__vunmap(vpn, false);
  }

  vfree_deferred_init(): void {
    for (const cpu of this.machine.possibleCpus) {
      const list = this.numbered<number[]>([]);
      this.vfree_deferred[cpu] = {
        list,
        wq: this.newWork('delayed_vfree_work', () => this.delayed_vfree_work(list), cpu),
      };
    }
  }

  /** Frees later, from a worker, what cannot be freed in atomic context. */
  *vfree_atomic(vpn: number): Run<void> {
    const deferred = this.vfree_deferred[this.current.cpu];
    if (deferred === undefined) throw new KernelOops('vfree_atomic: no such CPU');
    // The list node is written into the area itself.
    if (this.vmalloc_to_page(vpn) < 0) throw new KernelOops('vfree_atomic: page fault');
    this.noteWrite(deferred.list);
    const wasEmpty = deferred.list.length === 0;
    deferred.list.push(vpn);
    if (wasEmpty) yield* this.schedule_work(deferred.wq);
  }

  /** Latest first, as llist_del_all() hands them over. It was called free_work() before v6.3. */
  *delayed_vfree_work(list: number[]): Run<void> {
    this.noteWrite(list);
    for (const vpn of list.splice(0).reverse()) {
      this.innerFreeBegins(vpn);
      yield* this.__vunmap(vpn, true);
      this.innerFreeReturned(vpn);
    }
  }
}
