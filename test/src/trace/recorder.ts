import type { Kernel, KernelClass } from '../../../models/kernel/kernel.ts';
import { Lock, Task } from '../../../models/kernel/locks.ts';
import type { Point, Run, Step } from '../../../models/kernel/point.ts';
import { VmapArea } from '../../../models/kernel/structures/vmap-area-node.ts';
import type { VmapNode } from '../../../models/kernel/vmap-node.ts';
import { Random } from '../../../src/explore/random.ts';
import { parseHeader } from '../../../src/trace/header.ts';
import { machineOf } from '../../../src/trace/machine.ts';
import type { ProbeCode } from '../../../src/trace/replay/probe.ts';
import { bootTraced } from '../../../src/trace/replay/traced-kernel.ts';
import { snapshotOf } from './snapshot-of.ts';

/** What is recorded: a machine of a policy, and how busy it is. */
export interface Recording {
  readonly base: KernelClass;
  /** As `uname -r` has it. */
  readonly kernel: string;
  readonly cpus: number;
  readonly nodes: number;
  readonly blockPages: number;
  readonly lazyMaxPages: number;
  readonly tasks: number;
  /** Calls of each task between two snapshots. */
  readonly calls: number;
  readonly rounds: number;
  /** One in so many scheduling points lets another CPU go on. */
  readonly burst: number;
  /** One in so many scheduling points lets another task of that CPU run. */
  readonly preemption: number;
  /** Scheduling points that a task lets pass between two calls, at most. */
  readonly rest: number;
  readonly seed: number;
}

const MODULES: readonly [number, number] = [14763687936, 14763945984];
const DIRECT_MAP = -17314000000;
const FIRST_PID = 100;
const FIRST_WORKER = 1_000;

/** A task of the recorded machine. */
interface Player {
  readonly pid: number;
  readonly task: Task;
  run: Run<void>;
  point: Point | null;
  done: boolean;
}

/** Records a trace of a model whose tasks interleave at random, in the format vmtrace-1. */
export function record(recording: Recording): string {
  return new Recorder(recording).run();
}

class Recorder {
  readonly #recording: Recording;
  readonly #random: Random;
  readonly #kernel: Kernel;
  readonly #lines: string[] = [];
  readonly #players = new Map<Task, Player>();
  /** Areas and mappings that somebody may give back: first page, pages, whether it is a module. */
  readonly #areas: [number, number, boolean][] = [];
  readonly #mapped: [number, number][] = [];
  readonly #added = new Map<Task, number>();
  /** The line kept for what each task did last under a lock, which it tells of later. */
  readonly #underLock = new Map<Task, { readonly place: number; readonly time: number }>();
  #time = 1_000;
  #workers = 0;

  constructor(recording: Recording) {
    this.#recording = recording;
    this.#random = new Random(recording.seed);
    const header = headerOf(recording);
    this.#lines.push(JSON.stringify(header));
    const parsed = parseHeader(header);
    const { kernel } = bootTraced(
      this.#withAllocations(recording.base),
      machineOf(parsed),
      parsed.startPage,
      (code, values) => this.#probe(code, values),
    );
    this.#kernel = kernel;
  }

  run(): string {
    const { tasks, rounds, cpus } = this.#recording;
    for (let round = 0; round < rounds; round++) {
      for (let i = 0; i < tasks; i++) this.#spawn(FIRST_PID + i, i % cpus, this.#calls());
      this.#interleave();
      this.#lines.push(JSON.stringify(snapshotOf(this.#kernel, `s${round}`, this.#time)));
    }
    this.#write(0, FIRST_PID, 'm', ['end']);
    return `${this.#lines.filter((line) => line !== '').join('\n')}\n`;
  }

  get #hasNodes(): boolean {
    return this.#kernel.vmap_nodes.length > 0;
  }

  // What tasks do.

  *#calls(): Run<void> {
    for (let i = 0; i < this.#recording.calls; i++) {
      for (let rest = this.#random.below(this.#recording.rest + 1); rest > 0; rest--) {
        yield { kind: 'work', object: this, label: 'rest' };
      }
      const what = this.#random.below(10);
      if (what < 3) yield* this.#allocate();
      else if (what < 6) yield* this.#free();
      else if (what < 8) yield* this.#map();
      else if (what < 9 || this.#random.below(4) > 0) yield* this.#unmap();
      else yield* this.#aliases(null);
    }
  }

  *#allocate(): Run<void> {
    const kernel = this.#kernel;
    const isModule = this.#random.below(8) === 0;
    const pages = 2 + this.#random.below(30);
    const align = isModule ? 1 : ([1, 1, 1, 4, 16][this.#random.below(5)] ?? 1);
    const [low, high] = isModule ? MODULES : kernel.rangeOf('vmalloc');
    const va = yield* kernel.alloc_vmap_area(pages, align, low, high);
    if (va instanceof VmapArea) this.#areas.push([va.va_start, pages, isModule]);
  }

  *#free(): Run<void> {
    const [area] = this.#areas.splice(this.#random.below(Math.max(1, this.#areas.length)), 1);
    if (area === undefined) return;
    const [start, pages, isModule] = area;
    this.#note('N', [start, pages]);
    yield* this.#kernel.vm_unmap_ram_area(start);
    if (!isModule) return;
    const frame = DIRECT_MAP + this.#random.below(10_000);
    yield* this.#aliases([frame, frame + pages]);
  }

  *#map(): Run<void> {
    const kernel = this.#kernel;
    const pages = this.#random.below(20) === 0 ? 70 : 1 + this.#random.below(16);
    this.#note('Bs', [pages]);
    const mapped =
      pages > kernel.VMAP_MAX_ALLOC
        ? yield* kernel.alloc_vm_map_ram_area(pages)
        : yield* kernel.vb_alloc(pages);
    const start = mapped instanceof VmapArea ? mapped.va_start : Number(mapped);
    this.#note('B', [start, pages, 'task']);
    this.#mapped.push([start, pages]);
  }

  *#unmap(): Run<void> {
    const [mapped] = this.#mapped.splice(this.#random.below(Math.max(1, this.#mapped.length)), 1);
    if (mapped === undefined) return;
    const [start, pages] = mapped;
    this.#note('b', [start, pages]);
    this.#note('N', [start, pages]);
    if (pages > this.#kernel.VMAP_MAX_ALLOC) yield* this.#kernel.vm_unmap_ram_area(start);
    else yield* this.#kernel.vb_free(start, pages);
  }

  *#aliases(range: readonly [number, number] | null): Run<void> {
    const [start, end] = range ?? [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    this.#note('U', [range === null ? 0 : 1]);
    yield* this.#kernel._vm_unmap_aliases(start, end, range !== null);
    this.#note('u', []);
  }

  // How they interleave.

  #spawn(pid: number, cpu: number, run: Run<void>): void {
    const task = new Task(`${pid}`, cpu);
    this.#players.set(task, { pid, task, run, point: null, done: false });
  }

  /** CPUs take steps in any order; on each a task goes on until it waits, or loses its CPU. */
  #interleave(): void {
    const { burst } = this.#recording;
    const present = new Map<number, Player>();
    let last: Player | null = null;
    while (this.#players.size > 0) {
      this.#startWork();
      const able = [...this.#players.values()].filter((player) => this.#canRun(player));
      const goesOn: boolean = last !== null && able.includes(last) && this.#random.below(burst) > 0;
      const any: Player | null | undefined = goesOn ? last : able[this.#random.below(able.length)];
      if (any === undefined || any === null) throw new Error('nobody can run');
      const { cpu } = any.task;
      const before = present.get(cpu);
      const stays = before !== undefined && able.includes(before);
      const next: Player =
        stays && this.#random.below(this.#recording.preemption) > 0 ? before : any;
      present.set(cpu, next);
      last = next;
      this.#step(next);
    }
  }

  #canRun({ task, point }: Player): boolean {
    if (point?.kind === 'blocked') {
      if (point.object instanceof Lock && point.object.owner !== null) return false;
      if ('done' in point.object && point.object.done !== true) return false;
    }
    const others = [...this.#players.values()].filter((other) => other.task !== task);
    return others.every((other) => other.task.cpu !== task.cpu || other.task.atomicDepth === 0);
  }

  #step(player: Player): void {
    this.#kernel.current = player.task;
    const next = player.run.next();
    player.point = next.done === true ? null : next.value;
    if (next.done === true) this.#players.delete(player.task);
  }

  #startWork(): void {
    for (const work of this.#kernel.pendingWork.splice(0)) {
      work.pending = false;
      const isDrain = work === this.#kernel.drain_vmap_work;
      const note = () => this.#note('W', []);
      this.#spawn(
        FIRST_WORKER + this.#workers++,
        work.cpu,
        worker(isDrain ? note : null, work.run()),
      );
    }
  }

  // What is written.

  #note(code: string, values: readonly (number | string | null)[]): void {
    const { current } = this.#kernel;
    this.#write(current.cpu, this.#players.get(current)?.pid ?? 0, code, values);
  }

  /** A task lets go of a lock: what it tells of later may have happened under it. */
  #keepLine(): void {
    this.#time += 10;
    this.#underLock.set(this.#kernel.current, { place: this.#lines.length, time: this.#time });
    this.#lines.push('');
  }

  /** Notes what the current task did under the lock that it let go of last. */
  #noteUnderLock(code: string, values: readonly (number | string | null)[]): void {
    const { current } = this.#kernel;
    const kept = this.#underLock.get(current);
    if (kept === undefined) throw new Error(`${code} under no lock`);
    const pid = this.#players.get(current)?.pid ?? 0;
    this.#lines[kept.place] = JSON.stringify([kept.time, current.cpu, pid, code, ...values]);
  }

  #write(
    cpu: number,
    pid: number,
    code: string,
    values: readonly (number | string | null)[],
  ): void {
    this.#time += 10;
    this.#lines.push(JSON.stringify([this.#time, cpu, pid, code, ...values]));
  }

  #probe(code: ProbeCode, values: readonly number[]): void {
    if (code === 'A') return;
    if (code === 'count') {
      this.#added.set(this.#kernel.current, this.#kernel.vmap_lazy_nr.value);
      return;
    }
    const bounds = values.map((value) => (Number.isFinite(value) ? value : null));
    if (code === 'F') {
      const nr = this.#added.get(this.#kernel.current) ?? 0;
      this.#noteUnderLock(code, this.#hasNodes ? [...bounds, nr] : [...bounds.slice(0, 2), nr]);
    } else if (code === 'Q' || (code === 'D' && this.#hasNodes)) {
      this.#noteUnderLock(code, bounds);
    } else if (code === 'T') {
      this.#note(code, [...bounds, '__purge_vmap_area_lazy']);
    } else if (code !== 'q' || this.#hasNodes) {
      this.#note(code, bounds);
    }
  }

  /** Tells of address space when it is taken, under the lock. */
  #withAllocations(Base: KernelClass): KernelClass {
    const recorder = this;
    return class extends Base {
      override spin_unlock(lock: Lock): Step<void> {
        recorder.#keepLine();
        return super.spin_unlock(lock);
      }

      override *allocFromHeap(
        size: number,
        align: number,
        vstart: number,
        vend: number,
      ): Run<number> {
        const addr = yield* super.allocFromHeap(size, align, vstart, vend);
        recorder.#taken(addr, size, align, vstart, 'G');
        return addr;
      }

      override *node_pool_del_va(
        vn: VmapNode,
        size: number,
        align: number,
        vstart: number,
        vend: number,
      ): Run<VmapArea | null> {
        const va = yield* super.node_pool_del_va(vn, size, align, vstart, vend);
        if (va !== null) recorder.#taken(va.va_start, size, align, vstart, 'P');
        return va;
      }
    };
  }

  #taken(addr: number, size: number, align: number, vstart: number, source: string): void {
    const isBlock = size === this.#recording.blockPages;
    const kind = isBlock ? 'vmblock' : vstart === 0 ? 'vmalloc' : 'module';
    const range = vstart === 0 ? [] : MODULES;
    this.#noteUnderLock('A', [addr, size, align * 4096, kind, source, 'test', ...range]);
  }
}

function* worker(note: (() => void) | null, run: Run<void>): Run<void> {
  note?.();
  yield* run;
}

function headerOf({ kernel, cpus, nodes, blockPages, lazyMaxPages }: Recording) {
  return {
    format: 'vmtrace-1',
    kernel,
    cpus,
    cpus_online: cpus,
    vmalloc_start: '0xffffc90000000000',
    vmalloc_end: '0xffffe8ffffffffff',
    modules_page: MODULES[0],
    modules_end_page: MODULES[1],
    nr_vmap_nodes: nodes,
    vmap_zone_pages: 16,
    lazy_max_pages: lazyMaxPages,
    block_pages: blockPages,
    pids: { 100: 'task' },
  };
}
