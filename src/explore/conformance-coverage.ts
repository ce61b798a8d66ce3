import type { Machine } from '../../models/hardware/machine.ts';
import type { Call, Outcome } from '../subject/port.ts';
import type { CheckedRun, Step } from './checked-run.ts';
import { CoverageCounter, increase } from './coverage.ts';

/** Pages of vmalloc spaces that are small: of a few blocks. */
const SMALL_SPACE = 2 ** 14;

/** Calls of a sort, and what happens to calls, that a kernel can be told apart by. */
const EVENTS = [
  'VM_FLUSH_RESET_PERMS',
  'module range',
  'areas of more than 512 pages',
  'drains of 8,192 pages or more',
  'allocations made to fail',
  'calls with a warning',
  'calls that died',
  'pages read',
  'holes read',
] as const;

/** Tracepoints that every kernel should pass in a long run. */
const TRACEPOINTS = [
  'flush_tlb_kernel_range',
  'new_vmap_block',
  'free_vmap_block',
  'vb_alloc: block full',
  'vb_free: block dirty',
  'purge_fragmented_block',
  'purge_vmap_area_lazy',
  'drain_vmap_area_work',
  'alloc_vmap_area: overflow',
  'pcpu_get_vm_areas: overflow',
  'vmap_notify_list',
  '__vmalloc_area_node: fail',
  'FL_FIT_TYPE',
  'LE_FIT_TYPE',
  'RE_FIT_TYPE',
  'NE_FIT_TYPE',
];

/** Those of kernels with vmap nodes, which all pass the first one. */
const NODE_TRACEPOINTS = [
  'decay_va_pool_node',
  'decay_va_pool_node: full',
  'node_pool_add_va',
  'node_pool_del_va',
];

type AllocationKind = Extract<Call, { pages: number; kind: string }>['kind'] | 'pcpu_get_vm_areas';

/** Calls that return an area, each of which should have failed as well. */
const ALLOCATIONS: readonly AllocationKind[] = [
  'vmalloc',
  'vmap',
  'vm_map_ram',
  'get_vm_area',
  'ioremap',
  'pcpu_get_vm_areas',
];

/** What two subjects were seen to do alike: how often each thing was reached. */
export class ConformanceCoverage extends CoverageCounter {
  machines = 0;
  /** Operations by VMAP_BBMAP_BITS, and by the number of CPUs. */
  readonly blocks = new Map<number, number>();
  readonly cpus = new Map<number, number>();
  /** Operations by the pages of vmalloc space; small ones count as the largest of them. */
  readonly spaces = new Map<number, number>();
  /** Calls that returned an area that failed, by kind. */
  readonly failures = new Map<string, number>(ALLOCATIONS.map((kind) => [kind, 0]));
  readonly events = new Map<string, number>(EVENTS.map((event) => [event, 0]));

  addOutcome(step: Step): void {
    if (!('outcome' in step)) return;
    const { call, outcome } = step;
    if (outcome.status === 'failed' && this.failures.has(call.kind)) {
      increase(this.failures, call.kind, 1);
    }
    for (const [event, count] of eventsIn(call, outcome)) increase(this.events, event, count);
  }

  /** Takes in a machine, at its end: so many operations were run on it. */
  addMachine(machine: Machine, operations: number, run: CheckedRun): void {
    this.machines++;
    increase(this.blocks, machine.vmapBbmapBits, operations);
    increase(this.cpus, machine.possibleCpus.length, operations);
    increase(this.spaces, Math.max(SMALL_SPACE, machine.vmallocPages), operations);
    if (machine.lazyMaxPages >= REAL_LAZY_MAX) {
      const drains = run.session.tracepoints().get('drain_vmap_area_work') ?? 0;
      increase(this.events, 'drains of 8,192 pages or more', drains);
    }
    increase(this.events, 'allocations made to fail', run.session.failedAllocations());
    this.addRun(run);
  }

  /** What should have been reached and was not, in the words of the report. */
  neverReached(): string[] {
    const [first = ''] = NODE_TRACEPOINTS;
    const points = this.tracepoints.has(first) ? NODE_TRACEPOINTS : [];
    const missing = (counts: ReadonlyMap<string, number>, prefix = ''): string[] =>
      [...counts].filter(([, count]) => count === 0).map(([key]) => prefix + key);
    return [
      ...missing(this.operations),
      ...missing(this.failures, 'failure of '),
      ...missing(this.events),
      ...[...TRACEPOINTS, ...points].filter((point) => !this.tracepoints.has(point)),
    ];
  }
}

type Event = (typeof EVENTS)[number];

/** The lazy_max_pages() of the smallest real machine. */
const REAL_LAZY_MAX = 8_192;

/** Pages of an area that is mapped in more than one table, and whose array of pages is large. */
const LARGE_AREA = 512;

function eventsIn(call: Call, outcome: Outcome): [Event, number][] {
  if (outcome.status === 'died') return [['calls that died', 1]];
  const events: [Event, number][] = [];
  if (call.kind === 'vmalloc' && outcome.status === 'returned') {
    if (call.resetPerms) events.push(['VM_FLUSH_RESET_PERMS', 1]);
    if (call.range === 'modules') events.push(['module range', 1]);
    if (call.pages > LARGE_AREA) events.push(['areas of more than 512 pages', 1]);
  }
  if (outcome.warning !== null) events.push(['calls with a warning', 1]);
  if (call.kind === 'vread' && outcome.status === 'returned-many') {
    const read = outcome.values.filter((frame) => frame !== 0).length;
    events.push(['pages read', read], ['holes read', outcome.values.length - read]);
  }
  return events;
}
