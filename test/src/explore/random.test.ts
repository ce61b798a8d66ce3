import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/explore/random.ts';

function draw(seed: number, count: number): number[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => random.next());
}

describe('Random', () => {
  it('gives the same numbers for the same seed, and others for another one', () => {
    expect(draw(1, 5)).toEqual(draw(1, 5));
    const firsts = Array.from({ length: 200 }, (_, seed) => draw(seed - 100, 1)[0]);
    expect(new Set(firsts).size).toBeGreaterThan(190);
  });

  it('gives whole numbers of 32 bits, and all bits of them', () => {
    const numbers = draw(0, 1000);
    expect(numbers.every((n) => Number.isInteger(n) && n >= 0 && n < 2 ** 32)).toBe(true);
    for (let bit = 0; bit < 32; bit++) {
      const set = numbers.filter((n) => ((n >>> bit) & 1) === 1).length;
      expect(set, `bit ${bit}`).toBeGreaterThan(400);
      expect(set, `bit ${bit}`).toBeLessThan(600);
    }
  });

  it('draws below a limit, each number about as often', () => {
    const random = new Random(7);
    const counts = [0, 0, 0];
    for (let i = 0; i < 3000; i++) {
      const n = random.below(3);
      counts[n] = (counts[n] ?? 0) + 1;
    }
    expect(counts).toHaveLength(3);
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});
