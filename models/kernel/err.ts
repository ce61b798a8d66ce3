/** Errno values the vmalloc code returns, negative as in the kernel. */
export const ENOMEM = -12;
export const EBUSY = -16;
export const EINVAL = -22;

/** The NULL pointer as a virtual page number: below every range of the machine. */
export const NULL = -(2 ** 50);

/** No error code is further from 0. */
export const MAX_ERRNO = 4095;
const ERR_BASE = 2 ** 50;

/** An error code (negative) disguised as an address, in pages, as ERR_PTR does. */
export function ERR_PTR(error: number): number {
  return ERR_BASE + error;
}

/** Whether an address, in pages, is a disguised error code. NULL is not one. */
export function IS_ERR(vpn: number): boolean {
  return vpn >= ERR_BASE - MAX_ERRNO;
}

/** get_order() for a size in pages: the smallest n with 2^n >= pages. `pages` must be positive. */
export function get_order(pages: number): number {
  return 32 - Math.clz32(pages - 1);
}

/** ALIGN() for page numbers of either sign; `align` is a power of two in pages. */
export function ALIGN(vpn: number, align: number): number {
  return align === 1 ? vpn : Math.ceil(vpn / align) * align;
}

/** Rounds down to a multiple of `align` pages: `addr & ~(align - 1)`. */
export function alignDown(vpn: number, align: number): number {
  return Math.floor(vpn / align) * align;
}
