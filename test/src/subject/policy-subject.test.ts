import { describe, expect, it } from 'vitest';
import { CALLER_PFN, type Machine } from '../../../models/hardware/machine.ts';
import type { KernelClass } from '../../../models/kernel/kernel.ts';
import { kernelOf } from '../../../models/policies/policy.ts';
import { v6_1 } from '../../../models/policies/v6.1.ts';
import { DEFAULT_MACHINE } from '../../../src/scenario/machine.ts';
import { PolicySubject } from '../../../src/subject/policy-subject.ts';
import type { Call, Outcome, Session } from '../../../src/subject/port.ts';
import { callerFrames, EventLog } from '../../models/kernel/bench.ts';

function boot(fields: Partial<Machine> = {}, Base: KernelClass = kernelOf(v6_1)): Session {
  const machine = { ...DEFAULT_MACHINE, ...fields };
  return new PolicySubject('v6.1', Base).boot(machine, new EventLog());
}

function vmap(session: Session, pages: number): Outcome {
  return session.call({ kind: 'vmap', frames: callerFrames(pages), pages });
}

function vmalloc(session: Session, pages: number, resetPerms = false): Outcome {
  return session.call({ kind: 'vmalloc', pages, align: 1, range: 'vmalloc', resetPerms });
}

const returned = (value: number) => ({ status: 'returned', value, warning: null });

describe('a call', () => {
  it('that allocates returns a page', () => {
    const session = boot({ modulesPages: 8 });
    const frames = callerFrames(1);
    const calls: Call[] = [
      { kind: 'vmap', frames, pages: 1 },
      { kind: 'vm_map_ram', frames, pages: 1 },
      { kind: 'ioremap', frames, pages: 1 },
      { kind: 'get_vm_area', pages: 1 },
      { kind: 'vmalloc', pages: 1, align: 16, range: 'vmalloc', resetPerms: false },
    ];
    expect(calls.map((call) => session.call(call))).toEqual([0, 4, 2, 8, 16].map(returned));
  });

  it('that allocates several areas returns the first page of each', () => {
    const session = boot();
    const call: Call = { kind: 'pcpu_get_vm_areas', offsets: [0, 4], sizes: [2, 2], align: 1 };
    expect(session.call(call)).toEqual({
      status: 'returned-many',
      values: [58, 62],
      warning: null,
    });
    expect(session.call({ kind: 'pcpu_free_vm_areas', vpn: 58 })).toEqual(returned(0));
    expect(session.inspect()).toMatchObject({ busy: [], lazy: [58, 60, 62, 64] });
  });

  it.each<Call>([
    { kind: 'vmap', frames: callerFrames(64), pages: 64 },
    { kind: 'get_vm_area', pages: 64 },
    { kind: 'pcpu_get_vm_areas', offsets: [0], sizes: [128], align: 1 },
    { kind: 'find_vm_area', vpn: 3 },
  ])('$kind that gets nothing has failed', (call) => {
    expect(boot().call(call)).toMatchObject({ status: 'failed', reason: 'NULL' });
  });

  it('that reads returns what it read', () => {
    const session = boot();
    vmap(session, 2);
    const read = session.call({ kind: 'vread', vpn: 0, pages: 3 });
    expect(read).toMatchObject({ values: [CALLER_PFN, CALLER_PFN + 1, 0] });
    expect(session.call({ kind: 'vmalloc_to_page', vpn: 1 })).toEqual(returned(CALLER_PFN + 1));
    expect(session.call({ kind: 'find_vm_area', vpn: 1 })).toEqual(returned(0));
  });

  it('that frees returns nothing, and its area is lazy then', () => {
    const session = boot({ vmapBbmapBits: 4 });
    vmap(session, 1);
    session.call({ kind: 'get_vm_area', pages: 1 });
    vmalloc(session, 1);
    session.call({ kind: 'vm_map_ram', frames: callerFrames(3), pages: 3 });
    const calls: Call[] = [
      { kind: 'vunmap', vpn: 0 },
      { kind: 'free_vm_area', vpn: 2 },
      { kind: 'vfree', vpn: 4 },
      { kind: 'vm_unmap_ram', vpn: 6, pages: 3 },
    ];
    expect(calls.map((call) => session.call(call))).toEqual([0, 0, 0, 0].map(returned));
    expect(session.inspect()).toMatchObject({ busy: [], lazy: [0, 9] });
    expect(session.call({ kind: 'vm_unmap_aliases' })).toEqual(returned(0));
    expect(session.inspect().lazy).toEqual([]);
  });

  it('that frees later leaves work to be run', () => {
    const session = boot();
    vmalloc(session, 1);
    session.call({ kind: 'vfree_atomic', vpn: 0 });
    expect(session.inspect()).toMatchObject({ busy: [0, 2, 1], pendingWork: 1 });
    session.call({ kind: 'run_work' });
    expect(session.inspect()).toMatchObject({ busy: [], pendingWork: 0 });
  });

  it('may be told to run out of memory, and the session counts it', () => {
    const session = boot();
    session.call({ kind: 'fail_alloc', nth: 2 });
    expect([vmap(session, 1).status, vmap(session, 1).status]).toEqual(['failed', 'returned']);
    expect(session.failedAllocations()).toBe(1);
  });

  it('runs on the CPU the task moved to', () => {
    const session = boot();
    session.call({ kind: 'migrate', cpu: 1 });
    session.call({ kind: 'vm_map_ram', frames: callerFrames(1), pages: 1 });
    expect(session.inspect().blocks.slice(-2)).toEqual([1, 1]);
  });

  it('makes memory read-only in the direct map, and freeing it makes that good', () => {
    const log = new EventLog();
    const session = new PolicySubject('v6.1', kernelOf(v6_1)).boot(DEFAULT_MACHINE, log);
    vmalloc(session, 1, true);
    session.call({ kind: 'set_memory_ro', vpn: 0 });
    session.call({ kind: 'vfree', vpn: 0 });
    const perms = log.take().filter((line) => line.startsWith('direct map'));
    expect(perms.map((line) => line.split(' ').at(-1))).toEqual([
      'read-only',
      'invalid',
      'default',
    ]);
  });

  it('has the purge notifier called for an area, unless its owner unmapped it', () => {
    const session = boot({ vmallocPages: 16 });
    vmap(session, 5);
    vmap(session, 5);
    session.call({ kind: 'register_vmap_purge_notifier', vpn: 0 });
    session.call({ kind: 'register_vmap_purge_notifier', vpn: 6 });
    session.call({ kind: 'vunmap', vpn: 0 });
    expect(session.call({ kind: 'get_vm_area', pages: 15 })).toEqual(returned(0));
    expect(session.tracepoints().get('vmap_notify_list')).toBe(1);
  });
});

describe('a warning', () => {
  it('belongs to the call it came from', () => {
    const session = boot();
    expect(session.call({ kind: 'vfree', vpn: 3 })).toMatchObject({
      status: 'returned',
      warning: expect.stringContaining('nonexistent vm area'),
    });
    expect(vmap(session, 1)).toEqual(returned(0));
  });
});

describe('a machine that dies', () => {
  it.each<[string, Call, string]>([
    ['a BUG()', { kind: 'vm_unmap_ram', vpn: -1, pages: 1 }, 'bug'],
    ['an oops', { kind: 'vm_unmap_ram', vpn: 3, pages: 1 }, 'oops'],
    ['a NULL pointer', { kind: 'free_vm_area', vpn: 3 }, 'oops'],
    ['another NULL pointer', { kind: 'pcpu_free_vm_areas', vpn: 3 }, 'oops'],
  ])('of %s says so', (_what, call, cause) => {
    expect(boot().call(call)).toMatchObject({ status: 'died', cause });
  });

  it('of a deadlock says so', () => {
    const Base = kernelOf(v6_1);
    class Deadlocked extends Base {
      override *vm_unmap_aliases() {
        yield* this.mutex_lock(this.vmap_purge_lock);
        yield* super.vm_unmap_aliases();
      }
    }
    expect(boot({}, Deadlocked).call({ kind: 'vm_unmap_aliases' })).toEqual({
      status: 'died',
      reason: 'deadlock on vmap_purge_lock',
      cause: 'locking',
    });
  });

  it('is not confused with a mistake in the model', () => {
    const Base = kernelOf(v6_1);
    class Broken extends Base {
      override lazy_max_pages(): number {
        throw new TypeError('a mistake');
      }
    }
    const session = boot({}, Broken);
    vmap(session, 1);
    expect(() => session.call({ kind: 'vunmap', vpn: 0 })).toThrow(TypeError);
  });
});

describe('the TLBs of a session', () => {
  it('hold what was unmapped until it is flushed', () => {
    const session = boot();
    vmap(session, 2);
    session.call({ kind: 'vunmap', vpn: 0 });
    expect(session.staleTlb()?.countStale(0, 64)).toBe(2);
    session.call({ kind: 'vm_unmap_aliases' });
    expect(session.staleTlb()?.countStale(0, 64)).toBe(0);
  });
});

describe('a subject', () => {
  it('boots a machine of its own each time', () => {
    const subject = new PolicySubject('v6.1', kernelOf(v6_1));
    const sessions = [1, 2].map(() => subject.boot(DEFAULT_MACHINE, new EventLog()));
    const outcomes = sessions.map((session) => vmap(session, 1));
    expect(outcomes).toEqual([returned(0), returned(0)]);
    expect(subject.name).toBe('v6.1');
  });
});
