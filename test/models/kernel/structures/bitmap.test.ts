import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bitmap_clear,
  bitmap_empty,
  bitmap_set,
  find_next_bit,
  find_next_zero_bit,
} from '../../../../models/kernel/structures/bitmap.ts';

const SIZE = 100;

type SetBits = (map: Uint32Array, start: number, count: number) => void;

const range = fc
  .tuple(fc.nat(SIZE), fc.nat(SIZE))
  .map(([a, b]) => ({ start: Math.min(a, b), count: Math.abs(a - b) }));

/** Random ranges set and cleared, against an array of booleans. */
function agreesWithBooleans(setBits: SetBits) {
  return fc.property(fc.array(fc.tuple(fc.boolean(), range)), fc.nat(SIZE), (steps, from) => {
    const map = new Uint32Array(4);
    const bits = new Array<boolean>(SIZE).fill(false);
    for (const [set, { start, count }] of steps) {
      (set ? setBits : bitmap_clear)(map, start, count);
      bits.fill(set, start, start + count);
    }
    const indexFrom = (wanted: boolean) => {
      const found = bits.indexOf(wanted, from);
      return found < 0 ? SIZE : found;
    };
    expect(find_next_bit(map, SIZE, from)).toBe(indexFrom(true));
    expect(find_next_zero_bit(map, SIZE, from)).toBe(indexFrom(false));
    expect(bitmap_empty(map, SIZE)).toBe(!bits.includes(true));
    expect(setRanges(map)).toEqual(bits);
  });
}

/** The bits again, found as for_each_set_bitrange finds them. */
function setRanges(map: Uint32Array): boolean[] {
  const bits = new Array<boolean>(SIZE).fill(false);
  let end = 0;
  for (let s = find_next_bit(map, SIZE, 0); s < SIZE; s = find_next_bit(map, SIZE, end + 1)) {
    end = find_next_zero_bit(map, SIZE, s + 1);
    bits.fill(true, s, end);
  }
  return bits;
}

describe('bitmaps', () => {
  it('agree with booleans', () => {
    fc.assert(agreesWithBooleans(bitmap_set), { seed: 1, numRuns: 500 });
  });

  it('are noticed that forget the last bit of a range over two words', () => {
    const short: SetBits = (map, start, count) => {
      const crosses = start >>> 5 !== (start + count) >>> 5;
      bitmap_set(map, start, crosses ? count - 1 : count);
    };
    expect(fc.check(agreesWithBooleans(short), { seed: 2, endOnFailure: true }).failed).toBe(true);
  });

  it('refuse bits that they do not have', () => {
    expect(() => bitmap_set(new Uint32Array(1), 30, 3)).toThrow('bits 30-33 are outside');
    expect(() => bitmap_clear(new Uint32Array(1), -1, 2)).toThrow(RangeError);
  });
});
