import { describe, expect, it } from 'vitest';
import { conformance } from '../../../src/explore/conformance.ts';
import { printCase } from '../../../src/scenario/case-print.ts';
import { builtInPolicy } from '../../../src/subject/load-policy.ts';
import { loadLinux } from '../../../src/subject/native/load-linux.ts';
import { NativeSubject } from '../../../src/subject/native/native-subject.ts';
import type { Subject } from '../../../src/subject/port.ts';
import { needKernels, tarball } from '../subject/native/toolchain.ts';

const model = (name: string): Subject => builtInPolicy(name).subject();

/** How two subjects differ, as people read it; empty: they do not, in so many operations. */
function differences(first: Subject, second: Subject, machines: number, machine = {}) {
  const options = { machines, perBoot: 200, seed: 1, machine };
  const { operations, difference } = conformance(first, second, options);
  if (difference === null) return { operations, text: '' };
  const { scenario, detail } = difference;
  const text = printCase({
    policy: first.name,
    property: null,
    scenario,
    observed: [],
    certificate: [],
  });
  return { operations, text: `${detail}\n${text}` };
}

describe('subjects in lock-step', () => {
  it('do not differ if they are the same', () => {
    const { operations, text } = differences(model('v6.5'), model('v6.5'), 100);
    expect(text).toBe('');
    expect(operations).toBeGreaterThan(4_000);
  });

  it('differ, and the smallest case is shown, if they are not', () => {
    expect(differences(model('v6.1'), model('v6.5'), 100).text).toMatchInlineSnapshot(`
      "returns: v6.1: 2; v6.5: never: it dies
      vmapcheck case 1
      policy    v6.1
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
  const real = { vmapBbmapBits: 128, vmapMaxAlloc: 64 };
  const cases = [
    ['6.1', {}],
    ['6.1', real],
    ['6.12', {}],
    ['6.12', real],
  ] as const;

  for (const [series, machine] of cases) {
    it(`linux-source-${series} ${JSON.stringify(machine)}`, (context) => {
      needKernels(context, series);
      const c = loadLinux(tarball(series), [], '/', () => {}).subject();
      const { operations, text } = differences(model(`v${series}`), c, 500, machine);
      if (c instanceof NativeSubject) c.close();
      expect(text).toBe('');
      expect(operations).toBeGreaterThan(20_000);
    });
  }
});
