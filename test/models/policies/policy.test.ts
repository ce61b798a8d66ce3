import { describe, expect, it } from 'vitest';
import { Kernel, type KernelClass } from '../../../models/kernel/kernel.ts';
import { policies } from '../../../models/policies/index.ts';
import { kernelOf, type Patch, type Policy } from '../../../models/policies/policy.ts';

/** A patch that multiplies and adds, so that the order shows. */
function patch(factor: number, summand: number): Patch {
  const apply = (Base: KernelClass) =>
    class extends Base {
      override lazy_max_pages(): number {
        return super.lazy_max_pages() * factor + summand;
      }
    };
  return { name: `${factor}x+${summand}`, title: '', source: '', apply };
}

function policy(...patches: Patch[]): Policy {
  return { name: 'p', title: '', source: '', patches, expected: {}, expectedInterleaved: {} };
}

describe('kernelOf', () => {
  it('is v6.1 without patches', () => {
    expect(kernelOf(policy())).toBe(Kernel);
  });

  it('applies patches in order, each to what the ones before made', () => {
    const lazyMax = (...patches: Patch[]): number =>
      kernelOf(policy(...patches)).prototype.lazy_max_pages.call({ machine: { lazyMaxPages: 5 } });
    expect(lazyMax(patch(2, 0), patch(1, 1))).toBe(11);
    expect(lazyMax(patch(1, 1), patch(2, 0))).toBe(12);
  });
});

describe('the built-in policies', () => {
  it('have a name of their own each, a title and a source', () => {
    expect(new Set(policies.map(({ name }) => name)).size).toBe(policies.length);
    for (const { title, source } of policies) expect([title, source]).not.toContain('');
  });

  it('have patches with a name, a title and a source', () => {
    const patches = new Set(policies.flatMap((one) => one.patches));
    expect(patches.size).toBeGreaterThan(10);
    expect(new Set([...patches].map(({ name }) => name)).size).toBe(patches.size);
    for (const { title, source } of patches) expect([title, source]).not.toContain('');
  });
});
