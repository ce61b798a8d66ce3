import { vfree, vmalloc, vmMapRam, vmUnmapRam } from './calls.ts';
import { realMachine } from './machines.ts';
import type { Operations, Setup, Workload } from './workload.ts';

const POINTERS_PER_PAGE = 512;

/** One case of lib/test_vmalloc.c, run by one worker, with fewer rounds than its million. */
function testCase(
  name: string,
  prose: string,
  operations: (setup: Setup) => Operations,
  source = `lib/test_vmalloc.c (v6.12): ${name}_test`,
): Workload {
  return { name, prose, source, cpus: 4, machine: realMachine, operations };
}

/** So many rounds of one allocation that is freed at once, of the pages and alignment drawn. */
function* rounds(
  { names }: Setup,
  count: number,
  draw: () => { readonly pages: number; readonly align?: number },
): Operations {
  for (let round = 0; round < count; round++) {
    const area = names.next();
    const { pages, align } = draw();
    yield vmalloc(area, pages, { align: align ?? 1 });
    yield vfree(area);
  }
}

/** Bytes as an alignment in pages: what is below a page does not matter to vmalloc. */
function alignOf(log2Bytes: number): number {
  return 2 ** Math.max(log2Bytes - 12, 0);
}

const fixSizeAlloc = testCase('fix_size_alloc', '15,000 times one page, freed at once', (setup) =>
  rounds(setup, 15_000, () => ({ pages: 1 })),
);

const randomSizeAlloc = testCase(
  'random_size_alloc',
  '5,000 times 1 to 100 pages, freed at once',
  (setup) => rounds(setup, 5_000, () => ({ pages: 1 + setup.random.below(100) })),
);

/** THREAD_ALIGN << 1 on x86-64, in pages. */
const TWICE_THREAD_ALIGN = 8;

const fixAlignAlloc = testCase(
  'fix_align_alloc',
  '15,000 times 5 pages aligned to 8, freed at once',
  (setup) => rounds(setup, 15_000, () => ({ pages: 5, align: TWICE_THREAD_ALIGN })),
);

const randomSizeAlignAlloc = testCase(
  'random_size_align_alloc',
  '10,000 times 1 to 10 pages aligned to 1 byte up to 1,024 pages, freed at once',
  (setup) =>
    rounds(setup, 10_000, () => {
      const drawn = setup.random.below(256);
      return { pages: 1 + (drawn % 10), align: alignOf(drawn % 23) };
    }),
);

const alignShiftAlloc = testCase(
  'align_shift_alloc',
  'one page aligned to 1, 2, 4, ... 2^63 bytes, freed at once; ends where it fails, as it should',
  function* ({ names }: Setup): Operations {
    // Page 0 of the model is aligned to everything, which VMALLOC_START is not: somebody has it.
    yield vmalloc(names.next(), 1);
    for (let shift = 0; shift < 64; shift++) {
      const area = names.next();
      if (Number.isNaN(yield vmalloc(area, 1, { align: alignOf(shift) }))) return;
      yield vfree(area);
    }
  },
);

/** Areas that stay while others come and go: 15,000 of a page, as in the kernel. */
const BUSY_AREAS = 15_000;

const longBusyListAlloc = testCase(
  'long_busy_list_alloc',
  '15,000 areas of a page stay; 2,000 times 100 pages and 1 page, freed at once',
  function* ({ names }: Setup): Operations {
    const pointers = names.next();
    yield vmalloc(pointers, Math.ceil(BUSY_AREAS / POINTERS_PER_PAGE));
    const busy = Array.from({ length: BUSY_AREAS }, () => names.next());
    for (const area of busy) yield vmalloc(area, 1);
    for (let round = 0; round < 2_000; round++) {
      const [large, small] = [names.next(), names.next()];
      yield vmalloc(large, 100);
      yield vmalloc(small, 1);
      yield vfree(large);
      yield vfree(small);
    }
    for (const area of busy) yield vfree(area);
    yield vfree(pointers);
  },
);

/** A tenth of the kernel's junk, and of its lazy_max_pages(), of which it is a copy. */
const JUNK_SCALE = 10;

const fullFitAlloc: Workload = {
  ...testCase(
    'full_fit_alloc',
    'as many areas of a page as lazy_max_pages(), a tenth of the real one, with holes of that ' +
      'size between; 2,000 times one page, freed at once',
    function* (setup: Setup): Operations {
      const { names } = setup;
      const length = setup.machine.lazyMaxPages;
      const arrays = [names.next(), names.next()];
      for (const array of arrays) yield vmalloc(array, Math.ceil(length / POINTERS_PER_PAGE));
      const kept: string[] = [];
      const junk: string[] = [];
      for (let i = 0; i < length; i++) {
        for (const list of [kept, junk]) {
          const area = names.next();
          list.push(area);
          yield vmalloc(area, 1);
        }
      }
      for (const area of junk) yield vfree(area);
      yield* rounds(setup, 2_000, () => ({ pages: 1 }));
      for (const area of kept) yield vfree(area);
      for (const array of arrays) yield vfree(array);
    },
  ),
  machine(cpus) {
    const machine = realMachine(cpus);
    return { ...machine, lazyMaxPages: Math.floor(machine.lazyMaxPages / JUNK_SCALE) };
  },
};

const vmMapRamTest = testCase(
  'vm_map_ram',
  '30,000 times one page mapped and unmapped at once',
  function* ({ names }: Setup): Operations {
    for (let round = 0; round < 30_000; round++) {
      const area = names.next();
      yield vmMapRam(area, 1);
      yield vmUnmapRam(area);
    }
  },
  'lib/test_vmalloc.c (v6.12): vm_map_ram_test',
);

export const testVmalloc: readonly Workload[] = [
  fixSizeAlloc,
  fullFitAlloc,
  longBusyListAlloc,
  randomSizeAlloc,
  fixAlignAlloc,
  randomSizeAlignAlloc,
  alignShiftAlloc,
  vmMapRamTest,
];
