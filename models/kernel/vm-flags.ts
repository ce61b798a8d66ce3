/** vm_struct flags (include/linux/vmalloc.h). Distinct bits: v5.11 fixed two that were not. */
export const VM_IOREMAP = 0x001;
export const VM_ALLOC = 0x002;
export const VM_MAP = 0x004;
export const VM_UNINITIALIZED = 0x020;
export const VM_NO_GUARD = 0x040;
export const VM_FLUSH_RESET_PERMS = 0x100;
export const VM_MAP_PUT_PAGES = 0x200;

/** vmap_area flags since v6.3: an area of vm_map_ram, and one that is split into a block. */
export const VMAP_RAM = 0x1;
export const VMAP_BLOCK = 0x2;
export const VMAP_FLAGS_MASK = 0x3;
