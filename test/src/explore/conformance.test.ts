import { describe, expect, it } from 'vitest';
import type { Machine } from '../../../models/hardware/machine.ts';
import { type Conformance, conformance } from '../../../src/explore/conformance.ts';
import { printCase } from '../../../src/scenario/case-print.ts';
import { builtInPolicy } from '../../../src/subject/load-policy.ts';
import { loadLinux } from '../../../src/subject/native/load-linux.ts';
import { NativeSubject } from '../../../src/subject/native/native-subject.ts';
import type { Subject } from '../../../src/subject/port.ts';
import { needKernels, tarball } from '../subject/native/toolchain.ts';

const model = (name: string): Subject => builtInPolicy(name).subject();

function compare(
  first: Subject,
  second: Subject,
  operations: number,
  machine: Partial<Machine> = {},
  seed = 1,
): Conformance {
  return conformance(first, second, { operations, seed, machine, shrink: true });
}

/** How two subjects differ, as people read it; empty: they do not. */
function differenceText({ difference }: Conformance): string {
  if (difference === null) return '';
  const { scenario, detail } = difference;
  const bare = { policy: null, property: null, observed: [], certificate: [] };
  return `${detail}\n${printCase({ ...bare, scenario })}`;
}

describe('subjects in lock-step', () => {
  it('do not differ if they are the same, in all that should be reached', () => {
    // A seed for which so few are enough.
    const found = compare(model('v6.12'), model('v6.12'), 5_000, {}, 53);
    expect(differenceText(found)).toBe('');
    const { coverage } = found;
    expect(coverage.total).toBe(5_000);
    expect(coverage.neverReached()).toEqual([]);
    expect([...coverage.blocks.keys()].sort((a, b) => a - b)).toEqual([
      2, 4, 8, 128, 256, 512, 1024,
    ]);
    expect(coverage.cpus.get(64)).toBeGreaterThan(0);
    expect(coverage.spaces.get(2 ** 33)).toBeGreaterThan(0);
  });

  it('differ, and the smallest case is shown, if they are not', () => {
    expect(differenceText(compare(model('v6.1'), model('v6.5'), 2_000))).toMatchInlineSnapshot(`
      "returns: v6.1: 2; v6.5: never: it dies
      vmapcheck case 1
      machine   cpus=0,2 vmalloc=64 block=2 max-alloc=1
      task on cpu0
        A = vm_map_ram(2)
        B = vm_map_ram(1)
      end
      "
    `);
  });
});

describe('models and the C they are models of, in lock-step', () => {
  const cases = [
    ['6.1', { vmapBbmapBits: 4, vmapMaxAlloc: 2 }],
    ['6.1', { vmapBbmapBits: 128, vmapMaxAlloc: 64 }],
    ['6.12', { vmapBbmapBits: 4, vmapMaxAlloc: 2 }],
    ['6.12', { vmapBbmapBits: 128, vmapMaxAlloc: 64 }],
  ] as const;

  for (const [series, machine] of cases) {
    it(`linux-source-${series}, blocks of ${machine.vmapBbmapBits}`, (context) => {
      needKernels(context, series);
      const c = loadLinux(
        { path: tarball(series), patches: [], everyAccess: false },
        '/',
        () => {},
      ).subject();
      const found = compare(model(`v${series}`), c, 4_000, machine);
      if (c instanceof NativeSubject) c.close();
      expect(differenceText(found)).toBe('');
      expect(found.coverage.total).toBe(4_000);
    });
  }
});
