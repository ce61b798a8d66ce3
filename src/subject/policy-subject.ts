import { Hardware } from '../../models/hardware/hardware.ts';
import type { Machine } from '../../models/hardware/machine.ts';
import type { KernelObserver } from '../../models/hardware/observer.ts';
import type { StaleTlb } from '../../models/hardware/tlb.ts';
import { NULL } from '../../models/kernel/err.ts';
import type { Kernel, KernelClass } from '../../models/kernel/kernel.ts';
import { KernelOops } from '../../models/kernel/oops.ts';
import {
  PassedStep,
  type Run,
  runStepped,
  runStraight,
  type Step,
} from '../../models/kernel/point.ts';
import { VM_ALLOC, VM_FLUSH_RESET_PERMS } from '../../models/kernel/vm-flags.ts';
import type { VmStruct } from '../../models/kernel/vm-struct.ts';
import { followFunctions } from './function-graph.ts';
import { StateReader } from './kernel-state.ts';
import { deathOf, KernelTasks } from './kernel-tasks.ts';
import type {
  Call,
  FunctionListener,
  KernelState,
  Outcome,
  Peaks,
  Session,
  Subject,
  Tasks,
} from './port.ts';

const passed = new PassedStep<void>(undefined);

/** A kernel written in TypeScript: a version, or a version with patches. */
export class PolicySubject implements Subject {
  readonly name: string;
  readonly #kernelClass: KernelClass;
  readonly #stepped: boolean;

  /** `stepped`: stop at every scheduling point, though one task is all there is. For tests. */
  constructor(name: string, kernelClass: KernelClass, stepped = false) {
    this.name = name;
    this.#kernelClass = kernelClass;
    this.#stepped = stepped;
  }

  boot(machine: Machine, observer: KernelObserver): Session {
    const hardware = new Hardware(machine, observer);
    const kernel = new this.#kernelClass(machine, hardware, observer);
    kernel.interleaved = this.#stepped;
    return new PolicySession(kernel);
  }
}

class PolicySession implements Session {
  readonly #kernel: Kernel;
  readonly #state: StateReader;
  /** The vm_structs that callers hold pointers to, by the vpn of the area. */
  readonly #areas = new Map<number, VmStruct>();
  readonly #finish: (run: Run<Outcome>) => Outcome;
  readonly #congruent = new Map<number, VmStruct[]>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.#finish = kernel.interleaved ? runStepped : runStraight;
    this.#state = new StateReader(kernel);
  }

  call(call: Call): Outcome {
    this.#kernel.warning = null;
    try {
      return this.#finish(this.#steps(call));
    } catch (error) {
      return deathOf(error);
    }
  }

  tasks(): Tasks {
    return new KernelTasks(this.#kernel, (call) => this.#steps(call));
  }

  inspect(): KernelState {
    return this.#state.read();
  }

  failedAllocations(): number {
    return this.#kernel.failedAllocations;
  }

  staleTlb(): StaleTlb {
    return this.#kernel.hardware.staleTlb;
  }

  tracepoints(): ReadonlyMap<string, number> {
    return this.#kernel.tracepointCounts;
  }

  peaks(): Peaks {
    const { vmap_lazy_nr, walks } = this.#kernel;
    return { lazyPages: vmap_lazy_nr.peak, walks: [...walks.longest.values()] };
  }

  followFunctions(listener: FunctionListener): void {
    followFunctions(this.#kernel, listener);
  }

  /** A call, with its scheduling points. */
  *#steps(call: Call): Run<Outcome> {
    const kernel = this.#kernel;
    switch (call.kind) {
      case 'vmalloc': {
        const [start, end] = kernel.rangeOf(call.range);
        const flags = call.resetPerms ? VM_FLUSH_RESET_PERMS : 0;
        return this.#address(
          yield* kernel.__vmalloc_node_range(call.pages, call.align, start, end, flags),
        );
      }
      case 'vmap':
        return this.#address(yield* kernel.vmap(call.frames, call.pages));
      case 'vm_map_ram':
        return this.#address(yield* kernel.vm_map_ram(call.frames, call.pages));
      case 'ioremap':
        return this.#address(yield* kernel.ioremap(call.frames, call.pages));
      case 'get_vm_area': {
        const area = yield* kernel.get_vm_area(call.pages, VM_ALLOC);
        if (area === null) return this.#failed();
        this.#areas.set(area.addr, area);
        return this.#returned(area.addr);
      }
      case 'pcpu_get_vm_areas': {
        const vms = yield* kernel.pcpu_get_vm_areas(call.offsets, call.sizes, call.align);
        if (vms === null) return this.#failed();
        const values = vms.map((vm) => vm.addr);
        this.#congruent.set(values[0] ?? 0, vms);
        return { status: 'returned-many', values, warning: kernel.warning };
      }
      case 'vread':
        return {
          status: 'returned-many',
          values: yield* kernel.vread(call.vpn, call.pages),
          warning: kernel.warning,
        };
      case 'vmalloc_to_page':
        return this.#returned(kernel.vmalloc_to_page(call.vpn));
      case 'find_vm_area': {
        const area = yield* kernel.find_vm_area(call.vpn);
        return area === null ? this.#failed() : this.#returned(area.addr);
      }
      default:
        yield* this.#void(call);
        return this.#returned(0);
    }
  }

  /** No generator itself: every step of the call would pass through it. */
  #void(call: Exclude<Call, ReturningCall>): Step<void> {
    const kernel = this.#kernel;
    switch (call.kind) {
      case 'vfree':
        return kernel.vfree(call.vpn);
      case 'vfree_atomic':
        return kernel.vfree_atomic(call.vpn);
      case 'vunmap':
        kernel.forgetNotifier(call.vpn);
        return kernel.vunmap(call.vpn);
      case 'free_vm_area': {
        const area = this.#areas.get(call.vpn);
        if (area === undefined) throw new KernelOops('free_vm_area: NULL pointer');
        return kernel.free_vm_area(area);
      }
      case 'pcpu_free_vm_areas': {
        const vms = this.#congruent.get(call.vpn);
        if (vms === undefined) throw new KernelOops('pcpu_free_vm_areas: NULL pointer');
        return kernel.pcpu_free_vm_areas(vms);
      }
      case 'vm_unmap_ram':
        return kernel.vm_unmap_ram(call.vpn, call.pages);
      case 'vm_unmap_aliases':
        return kernel.vm_unmap_aliases();
      case 'set_memory_ro':
        return kernel.set_memory_ro(call.vpn);
      case 'run_work':
        return kernel.runPendingWork();
      case 'shrink':
        return kernel.vmap_node_shrink_scan();
      case 'migrate':
        kernel.current.cpu = call.cpu;
        return passed;
      case 'fail_alloc':
        kernel.failAllocation(call.nth);
        return passed;
      case 'register_vmap_purge_notifier':
        kernel.register_vmap_purge_notifier(call.vpn);
        return passed;
      default:
        return unreachable(call);
    }
  }

  #address(vpn: number): Outcome {
    return vpn === NULL ? this.#failed() : this.#returned(vpn);
  }

  #returned(value: number): Outcome {
    return { status: 'returned', value, warning: this.#kernel.warning };
  }

  #failed(): Outcome {
    return { status: 'failed', reason: 'NULL', warning: this.#kernel.warning };
  }
}

type ReturningCall = Extract<
  Call,
  {
    kind:
      | 'vmalloc'
      | 'vmap'
      | 'vm_map_ram'
      | 'ioremap'
      | 'get_vm_area'
      | 'pcpu_get_vm_areas'
      | 'vread'
      | 'vmalloc_to_page'
      | 'find_vm_area';
  }
>;

function unreachable(call: never): never {
  throw new Error(`unknown call ${JSON.stringify(call)}`);
}
