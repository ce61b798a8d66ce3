/**
 * Bitmaps of the kernel over Uint32Array, such as vmap_block.used_map: bit n is bit n % 32 of word
 * n / 32. Loop over ranges of set bits as for_each_set_bitrange does:
 *
 *     for (let s = find_next_bit(map, size, 0); s < size; s = find_next_bit(map, size, e + 1)) {
 *       e = find_next_zero_bit(map, size, s + 1);
 *     }
 */

/** Sets bits [start, start + count). Throws RangeError beyond the end of the map. */
export function bitmap_set(map: Uint32Array, start: number, count: number): void {
  const end = checkedEnd(map, start, count);
  for (let bit = start; bit < end; bit = nextWord(bit)) {
    const word = bit >>> 5;
    map[word] = (map[word] ?? 0) | maskWithin(bit, end);
  }
}

/** Clears bits [start, start + count). Throws RangeError beyond the end of the map. */
export function bitmap_clear(map: Uint32Array, start: number, count: number): void {
  const end = checkedEnd(map, start, count);
  for (let bit = start; bit < end; bit = nextWord(bit)) {
    const word = bit >>> 5;
    map[word] = (map[word] ?? 0) & ~maskWithin(bit, end);
  }
}

/** Whether none of the first `size` bits is set. */
export function bitmap_empty(map: Uint32Array, size: number): boolean {
  return find_next_bit(map, size, 0) === size;
}

/** The first set bit in [offset, size), or `size` if there is none. */
export function find_next_bit(map: Uint32Array, size: number, offset: number): number {
  return findNext(map, size, offset, 0);
}

/** The first clear bit in [offset, size), or `size` if there is none. */
export function find_next_zero_bit(map: Uint32Array, size: number, offset: number): number {
  return findNext(map, size, offset, 0xffffffff);
}

function checkedEnd(map: Uint32Array, start: number, count: number): number {
  const end = start + count;
  if (start < 0 || count < 0 || end > map.length * 32) {
    throw new RangeError(`bits ${start}-${end} are outside of a bitmap of ${map.length * 32}`);
  }
  return end;
}

function nextWord(bit: number): number {
  return (bit | 31) + 1;
}

/** The bits of [bit, end) that lie in the word of `bit`. */
function maskWithin(bit: number, end: number): number {
  const from = 0xffffffff << (bit & 31);
  return end < nextWord(bit) ? from & ~(0xffffffff << (end & 31)) : from;
}

/** The first bit in [offset, size) that is set once its word is inverted by `invert`. */
function findNext(map: Uint32Array, size: number, offset: number, invert: number): number {
  let ahead = 0xffffffff << (offset & 31);
  for (let bit = offset; bit < size; bit = nextWord(bit)) {
    const word = ((map[bit >>> 5] ?? 0) ^ invert) & ahead;
    if (word !== 0) return Math.min(size, (bit & ~31) + 31 - Math.clz32(word & -word));
    ahead = 0xffffffff;
  }
  return size;
}
