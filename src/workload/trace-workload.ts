import { DIRECT_MAP_VPN, type Machine } from '../../models/hardware/machine.ts';
import type { Operation } from '../scenario/operation.ts';
import type { AreaTaken, KernelTrace, PagesEvent, TraceEvent, TraceLine } from '../trace/event.ts';
import { machineOf } from '../trace/machine.ts';
import { type AreaNames, VM_UNMAP_ALIASES, vmalloc, vmMapRam, vmUnmapRam } from './calls.ts';
import { planOf, type TracePlan } from './trace-plan.ts';
import type { Operations, Setup, Workload } from './workload.ts';

/**
 * What a recorded machine asked of its kernel, asked of a policy: allocations, frees, mappings and
 * vm_unmap_aliases() in their order, each on its CPU. Addresses, blocks and purges are the
 * policy's.
 */
export function traceWorkload(name: string, trace: KernelTrace): Workload {
  const plan = planOf(trace);
  const { header, lines } = trace;
  return {
    name,
    prose:
      `${lines.length} lines recorded of kernel ${header.kernel}: its allocations, frees, ` +
      `mappings and alias calls in their order; ${flushedText(lines)}`,
    source: 'a trace in the format vmtrace-1',
    cpus: header.cpus,
    machine: (): Machine => ({
      ...machineOf(header),
      directMapVpn: Number.isNaN(plan.directMapVpn) ? DIRECT_MAP_VPN : plan.directMapVpn,
    }),
    *operations({ names }: Setup): Operations {
      const caller = new RecordedCaller(plan, names);
      let cpu = 0;
      for (const event of lines) {
        if (event.code === 'snap') continue;
        const operation = caller.operationOf(event);
        if (operation === null) continue;
        if (event.cpu !== cpu) yield { kind: 'migrate', cpu: event.cpu };
        cpu = event.cpu;
        yield operation;
      }
    },
  };
}

/** What the recorded kernel asked of its TLBs, to hold the figures of policies against. */
function flushedText(lines: readonly TraceLine[]): string {
  let flushes = 0;
  let pages = 0;
  for (const line of lines) {
    if (line.code !== 'T' || line.start >= line.end) continue;
    flushes++;
    pages += line.end - line.start;
  }
  const sum = pages.toExponential(3).replace('e+', 'e');
  return `that kernel made ${flushes} flushes of ${sum} pages`;
}

/** An area by the name it has here, and how it is given back. */
interface NamedArea {
  readonly name: string;
  readonly free: 'vfree' | 'vunmap';
}

/** Whoever made the recorded calls. */
class RecordedCaller {
  readonly #plan: TracePlan;
  readonly #names: AreaNames;
  /** By recorded address. */
  readonly #areas = new Map<number, NamedArea>();
  readonly #mapped = new Map<number, string>();
  /** Tasks in vm_map_ram(). */
  readonly #mapping = new Set<number>();

  constructor(plan: TracePlan, names: AreaNames) {
    this.#plan = plan;
    this.#names = names;
  }

  /** The call that a line stands for; null: it stands for none, or is part of one. */
  operationOf(event: TraceEvent): Operation | null {
    switch (event.code) {
      case 'A':
        return this.#allocation(event);
      case 'F':
        return this.#free(event.addr);
      case 'Bs':
        this.#mapping.add(event.pid);
        return null;
      case 'B':
        return this.#map(event);
      case 'b':
        return this.#unmap(event.start);
      case 'U':
        return this.#plan.ownAliases.has(event.line) ? null : VM_UNMAP_ALIASES;
      case 'W':
        return { kind: 'run_work' };
      default:
        return null;
    }
  }

  #allocation(event: AreaTaken): Operation | null {
    const { line, kind, addr, pages, align, range, pid } = event;
    if (this.#mapping.has(pid) || this.#plan.pageArrays.has(line)) return null;
    // Per-CPU chunks lie at the other end of the space, and would hide how far up it is used.
    if (kind === 'percpu') return null;
    const area = this.#names.next();
    // The guard page comes on top of what is asked for.
    const usable = Math.max(1, pages - 1);
    if (kind === 'vmap' || kind === 'ioremap') {
      this.#areas.set(addr, { name: area, free: 'vunmap' });
      return { kind, area, pages: usable };
    }
    this.#areas.set(addr, { name: area, free: 'vfree' });
    const resetPerms = this.#plan.resetPerms.has(line);
    return vmalloc(area, usable, {
      align,
      range: range === null ? 'vmalloc' : 'modules',
      resetPerms,
    });
  }

  #free(addr: number): Operation | null {
    const area = this.#areas.get(addr);
    if (area === undefined) return null;
    this.#areas.delete(addr);
    return { kind: area.free, at: { area: area.name, offset: 0 } };
  }

  #map({ pid, start, pages }: PagesEvent): Operation {
    this.#mapping.delete(pid);
    const area = this.#names.next();
    this.#mapped.set(start, area);
    return vmMapRam(area, pages);
  }

  #unmap(start: number): Operation | null {
    const area = this.#mapped.get(start);
    if (area === undefined) return null;
    this.#mapped.delete(start);
    return vmUnmapRam(area);
  }
}
