import { expect, it } from 'vitest';
import * as flags from '../../../models/kernel/vm-flags.ts';

it('flags of a vm_struct are single bits, no two of them the same', () => {
  const bits = Object.entries(flags).filter(([name]) => name.startsWith('VM_'));
  expect(bits.length).toBeGreaterThan(4);
  for (const [name, flag] of bits) expect(Math.log2(flag) % 1, name).toBe(0);
  expect(new Set(bits.map(([, flag]) => flag)).size).toBe(bits.length);
});

it('the flags of a vmap_area are two bits', () => {
  expect(flags.VMAP_RAM & flags.VMAP_BLOCK).toBe(0);
});
