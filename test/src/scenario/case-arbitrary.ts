import fc from 'fast-check';
import {
  ARCH_NAMES,
  DIRECT_MAP_VPN,
  LOWEST_VPN,
  type Machine,
} from '../../../models/hardware/machine.ts';
import type { Case } from '../../../src/scenario/case.ts';
import { SCENARIO_LIMITS } from '../../../src/scenario/limits.ts';
import { areaName } from '../../../src/scenario/names.ts';
import type { Operation, Place } from '../../../src/scenario/operation.ts';
import type { TaskProgram } from '../../../src/scenario/scenario.ts';
import type { PointVisit, Turn, Until } from '../../../src/scenario/schedule.ts';

const { spacePages, mappedPages, vpn, nthAllocation } = SCENARIO_LIMITS;

/** Valid cases with operations of every kind, odd machines and the largest numbers. */
export const anyCase: fc.Arbitrary<Case> = anyMachine().chain((machine) =>
  fc.record({
    policy: fc.option(fc.constantFrom('v6.4', './my policy.ts', 'linux:/usr/src/linux-6.1')),
    property: fc.option(fc.constantFrom('no-stale-alias', 'flush-exact', 'i7')),
    scenario: anyTasks(machine.onlineCpus).chain((tasks) =>
      fc
        .oneof(
          { weight: 3, arbitrary: fc.constant(null) },
          { weight: 1, arbitrary: anyTurns(tasks) },
        )
        .map((schedule) => ({ machine, tasks, ...(schedule === null ? {} : { schedule }) })),
    ),
    observed: fc.array(anyProse(), { maxLength: 3 }),
    certificate: fc.array(anyProse(), { maxLength: 2 }),
  }),
);

function anyMachine(): fc.Arbitrary<Machine> {
  return fc
    .record({
      possibleCpus: fc.oneof(
        fc.integer({ min: 1, max: 9 }).map((count) => Array.from({ length: count }, (_, n) => n)),
        fc
          .uniqueArray(fc.integer({ min: 1, max: 4095 }), { maxLength: 6 })
          .map((cpus) => [0, ...ascending(cpus)]),
      ),
      offline: fc.array(fc.nat({ max: 5 }), { maxLength: 3 }),
      vmallocPages: fc.oneof(fc.constant(64), fc.integer({ min: 1, max: 2 ** 33 })),
      modulesPages: fc.oneof(fc.constant(0), fc.nat({ max: 2 ** 20 })),
      ramPages: fc.oneof(fc.constant(64), fc.integer({ min: 1, max: 2 ** 24 })),
      vmapMaxAlloc: fc.integer({ min: 1, max: 512 }),
      blockFactor: fc.nat({ max: 2 }),
      lazyMaxPages: fc.oneof(fc.constant(32), fc.nat({ max: 2 ** 34 })),
      vmapNodes: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 128 })),
      zonePages: fc.oneof(fc.constant(16), fc.integer({ min: 1, max: 1024 })),
      directMapVpn: fc.constantFrom(DIRECT_MAP_VPN, LOWEST_VPN, -(2 ** 24) - 1),
      arch: fc.constantFrom(...ARCH_NAMES),
    })
    .map(({ offline, blockFactor, ...rest }) => {
      const online = rest.possibleCpus.filter((_, index) => !offline.includes(index));
      const smallest = 2 ** (Math.ceil(Math.log2(rest.vmapMaxAlloc)) + 1);
      return {
        ...rest,
        onlineCpus: online.length > 0 ? online : rest.possibleCpus,
        vmapBbmapBits: Math.min(1024, smallest * 2 ** blockFactor),
      };
    });
}

/** Turns of tasks and workers, none of them ending in an operation there is not. */
function anyTurns(tasks: readonly TaskProgram[]): fc.Arbitrary<Turn[]> {
  const kind = fc.constantFrom(
    'end' as const,
    'begins' as const,
    'returns' as const,
    'after' as const,
    'waiting' as const,
  );
  const turn = fc.record({
    isTask: fc.boolean(),
    who: fc.nat({ max: 99 }),
    kind,
    which: fc.nat(),
    point: anyPoint(),
  });
  return fc.array(turn, { maxLength: 6 }).map((turns) =>
    turns.map(({ isTask, who, kind: until, which, point }): Turn => {
      if (!isTask) {
        const possible = until === 'returns' ? 'begins' : until;
        return { kind: 'worker', number: who, until: untilOf(possible, 0, point) };
      }
      const number = who % tasks.length;
      const { length } = tasks[number]?.operations ?? [];
      const possible = length === 0 ? 'end' : until;
      return { kind: 'task', number, until: untilOf(possible, which % length, point) };
    }),
  );
}

function untilOf(kind: Until['kind'], operation: number, point: PointVisit): Until {
  if (kind === 'end') return { kind };
  if (kind === 'begins' || kind === 'returns') return { kind, operation };
  return { kind, operation, point };
}

function anyPoint(): fc.Arbitrary<PointVisit> {
  return fc.record({
    text: fc.constantFrom(
      'spin_unlock(&vb->lock)',
      'mutex_lock(&vmap_purge_lock)',
      'atomic_long_add_return(&vmap_lazy_nr)',
      'list_empty(&vn->pool[i].head)',
      'xa_load',
      'flush_tlb_kernel_range',
    ),
    inFunction: fc.constantFrom(
      'vb_free',
      'reclaim_and_purge_vmap_areas',
      '__purge_vmap_area_lazy',
    ),
    nth: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 999 })),
  });
}

/** An operation whose area is open: it is told the name to assign, and the names above. */
type Sketch = (next: string, above: readonly string[]) => Operation;

function anyTasks(cpus: readonly number[]): fc.Arbitrary<TaskProgram[]> {
  const task = fc.record({
    cpu: fc.constantFrom(...cpus),
    sketches: fc.array(anySketch(cpus), { maxLength: 12 }),
  });
  return fc.array(task, { minLength: 1, maxLength: 4 }).map((tasks) => {
    const names: string[] = [];
    return tasks.map(({ cpu, sketches }) => ({
      cpu,
      operations: sketches.map((sketch) => {
        const next = areaName(names.length);
        const operation = sketch(next, names);
        if ('area' in operation) names.push(next);
        return operation;
      }),
    }));
  });
}

function anySketch(cpus: readonly number[]): fc.Arbitrary<Sketch> {
  return fc.oneof(
    { weight: 6, arbitrary: anyAllocation() },
    { weight: 8, arbitrary: anyUseOfPlace(fc.constantFrom(...cpus)) },
    { weight: 3, arbitrary: anyEvent(fc.constantFrom(...cpus)) },
  );
}

function anyAllocation(): fc.Arbitrary<Sketch> {
  return fc.oneof(
    fc
      .record({
        pages: sizes(spacePages),
        align: fc.nat({ max: 34 }).map((exponent) => 2 ** exponent),
        range: fc.constantFrom('vmalloc' as const, 'modules' as const),
        resetPerms: fc.boolean(),
      })
      .map(
        (rest): Sketch =>
          (area) => ({ kind: 'vmalloc', area, ...rest }),
      ),
    fc
      .tuple(
        fc.constantFrom('vmap' as const, 'vm_map_ram' as const, 'ioremap' as const),
        sizes(mappedPages),
      )
      .map(
        ([kind, pages]): Sketch =>
          (area) => ({ kind, area, pages }),
      ),
    sizes(spacePages).map(
      (pages): Sketch =>
        (area) => ({ kind: 'get_vm_area', area, pages }),
    ),
    anyPcpu(),
  );
}

function anyUseOfPlace(cpu: fc.Arbitrary<number>): fc.Arbitrary<Sketch> {
  const kind = fc.constantFrom(
    'vfree' as const,
    'vfree_atomic' as const,
    'vunmap' as const,
    'free_vm_area' as const,
    'pcpu_free_vm_areas' as const,
    'set_memory_ro' as const,
    'vmalloc_to_page' as const,
    'find_vm_area' as const,
    'register_vmap_purge_notifier' as const,
  );
  const place = anyPlace();
  const mapped = sizes(mappedPages);
  return fc.oneof(
    fc.tuple(kind, place).map(
      ([kind, at]): Sketch =>
        (_, above) => ({ kind, at: at(above) }),
    ),
    fc.tuple(place, fc.option(mapped)).map(
      ([at, pages]): Sketch =>
        (_, above) => ({ kind: 'vm_unmap_ram', at: at(above), pages }),
    ),
    fc.tuple(place, mapped).map(
      ([at, pages]): Sketch =>
        (_, above) => ({ kind: 'vread', at: at(above), pages }),
    ),
    fc.tuple(place, cpu).map(
      ([at, where]): Sketch =>
        (_, above) => ({ kind: 'touch', cpu: where, at: at(above) }),
    ),
  );
}

function anyEvent(cpu: fc.Arbitrary<number>): fc.Arbitrary<Sketch> {
  return fc.oneof(
    cpu.map(
      (where): Sketch =>
        () => ({ kind: 'migrate', cpu: where }),
    ),
    fc.integer({ min: 1, max: nthAllocation }).map(
      (nth): Sketch =>
        () => ({ kind: 'fail_alloc', nth }),
    ),
    fc.constantFrom('vm_unmap_aliases' as const, 'run_work' as const, 'shrink' as const).map(
      (kind): Sketch =>
        () => ({ kind }),
    ),
  );
}

/** A place in one of the areas above, or a bare page number where there are none. */
function anyPlace(): fc.Arbitrary<(above: readonly string[]) => Place> {
  return fc
    .record({
      pick: fc.nat(),
      bare: fc.boolean(),
      offset: fc.integer({ min: -3, max: 3 }),
      page: vpns(),
    })
    .map(({ pick, bare, offset, page }) => (above): Place => {
      const area = above[pick % Math.max(1, above.length)];
      return bare || area === undefined ? { vpn: page } : { area, offset };
    });
}

/** Mostly small sizes, and some up to the limit. */
function sizes(limit: number): fc.Arbitrary<number> {
  return fc.oneof(fc.nat({ max: 9 }), fc.nat({ max: limit }));
}

function anyPcpu(): fc.Arbitrary<Sketch> {
  const span = fc.record({ gap: fc.nat({ max: 3 }), size: fc.integer({ min: 1, max: 4 }) });
  return fc
    .record({
      align: fc.nat({ max: 3 }).map((exponent) => 2 ** exponent),
      spans: fc.array(span, { minLength: 1, maxLength: 3 }),
      backwards: fc.boolean(),
    })
    .map(({ align, spans, backwards }): Sketch => {
      let end = 0;
      const placed = spans.map(({ gap, size }) => {
        const offset = end + gap * align;
        end = offset + size * align;
        return { offset, size: size * align };
      });
      if (backwards) placed.reverse();
      const offsets = placed.map(({ offset }) => offset);
      const sizes = placed.map(({ size }) => size);
      return (area) => ({ kind: 'pcpu_get_vm_areas', area, offsets, sizes, align });
    });
}

/** Page numbers near the origin and far from it; never -0, which no text tells from 0. */
function vpns(): fc.Arbitrary<number> {
  return fc.oneof(
    fc.integer({ min: -20, max: 99 }),
    fc.maxSafeInteger().map((n) => n % vpn || 0),
  );
}

function anyProse(): fc.Arbitrary<string> {
  const words = fc.constantFrom('page A+0', '# 3', '> held', 'end', 'vmapcheck case 1', 'é\u00a0ü');
  return fc.oneof(
    fc.array(words, { maxLength: 3 }).map((parts) => parts.join('   ')),
    fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.trim()),
  );
}

function ascending(numbers: readonly number[]): number[] {
  return numbers.toSorted((a, b) => a - b);
}
