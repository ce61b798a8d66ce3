import { describe, expect, it } from 'vitest';
import { FastStaleTlb } from '../../../models/hardware/tlb-fast.ts';
import type { Property, Watcher } from '../../../properties/property.ts';
import { CheckedRun } from '../../../src/explore/checked-run.ts';
import { DEFAULT_MACHINE } from '../../../src/scenario/machine.ts';
import type { Subject } from '../../../src/subject/port.ts';
import { kinds, newRun, operations, steps, subjectOf, watcher } from './runs.ts';

/** Notes what a property is told of calls. */
function noting(notes: string[]): Watcher {
  return {
    callBegins: ({ kind }) => notes.push(`${kind} begins`),
    allocated: ({ start, pages }) => notes.push(`${pages} pages at ${start}`),
    callReturned: ({ kind }, { status }) => notes.push(`${kind} ${status}`),
    state: ({ busy }) => notes.push(`${busy.length / 3} busy`),
  };
}

describe('a legal call', () => {
  it('is shown to the properties from its beginning to the state it leaves', () => {
    const notes: string[] = [];
    const run = newRun({}, [watcher(() => noting(notes))]);
    steps(run, 'A = vmap(2)', 'vunmap(A)');
    expect(notes).toEqual([
      ...['vmap begins', '2 pages at 0', 'vmap returned', '1 busy'],
      ...['vunmap begins', 'vunmap returned', '0 busy'],
    ]);
  });

  it('that allocates gives the ledger an area, and the name a page', () => {
    const run = newRun();
    steps(run, 'A = vmap(2)', 'B = vmalloc(1, VM_FLUSH_RESET_PERMS)');
    expect([...run.ledger.areas.values()]).toMatchObject([
      { kind: 'vmap', start: 0, pages: 2, resetsPerms: false, state: 'live' },
      { kind: 'vmalloc', start: 3, pages: 1, resetsPerms: true, frames: null },
    ]);
    expect(run.ledger.areas.get(0)?.frames).toHaveLength(2);
    expect(run.handles.get('B')).toMatchObject({ vpn: 3, pages: 1 });
  });

  it('that allocates several areas gives them one name', () => {
    const run = newRun();
    steps(run, 'A = pcpu_get_vm_areas(0+1, 4+2)');
    expect(run.handles.get('A')).toMatchObject({ vpn: 58, pages: 3 });
    expect([...run.ledger.areas.keys()]).toEqual([58, 62]);
    steps(run, 'pcpu_free_vm_areas(A)');
    expect(run.ledger.areas.size).toBe(0);
  });

  it('that fails leaves no name', () => {
    const run = newRun();
    expect(steps(run, 'A = vmap(65)')).toMatchObject([{ outcome: { status: 'failed' } }]);
    expect(run.handles.get('A')).toBeUndefined();
  });

  it('that frees later keeps its area until the work has run', () => {
    const run = newRun();
    steps(run, 'A = vmalloc(1)', 'vfree_atomic(A)');
    expect(run.ledger.areas.get(0)?.state).toBe('leaving');
    steps(run, 'run_work()');
    expect(run.ledger.areas.size).toBe(0);
  });

  it('that the machine dies in ends the run', () => {
    const run = newRun({ possibleCpus: [0, 2], onlineCpus: [0, 2] });
    const list = ['A', 'B', 'C'].map((name) => `${name} = vm_map_ram(2)`);
    expect(steps(run, ...list).at(-1)).toMatchObject({ outcome: { status: 'died' } });
    expect(run.ended).toBe(true);
    expect(kinds(run, 'vm_unmap_aliases()')).toEqual(['skipped']);
  });
});

describe('an operation that refers to nothing', () => {
  it('is passed over', () => {
    const run = newRun();
    const skipped = kinds(run, 'vfree(A)', 'touch(A) on cpu0', 'migrate(5)', 'touch(@1) on cpu9');
    expect(skipped).toEqual(['skipped', 'skipped', 'skipped', 'skipped']);
    expect([run.ended, run.monitor.events]).toEqual([false, 0]);
  });
});

describe('a call its caller may not make', () => {
  it('is refused if nothing changed, and the run goes on', () => {
    const run = newRun();
    expect(steps(run, 'vfree(@3)')).toMatchObject([{ kind: 'misused', verdict: 'refused' }]);
    expect(kinds(run, 'A = vmap(1)')).toEqual(['called']);
  });

  it('is accepted if something changed, and nothing after it has a meaning', () => {
    const run = newRun();
    steps(run, 'A = vmap(1)');
    expect(steps(run, 'vfree(A)')).toMatchObject([{ kind: 'misused', verdict: 'accepted' }]);
    expect(run.ended).toBe(true);
  });

  it('may kill the machine', () => {
    const run = newRun();
    expect(steps(run, 'vm_unmap_ram(@3)')).toMatchObject([{ kind: 'misused', verdict: 'died' }]);
    expect(run.ended).toBe(true);
  });

  it('is not shown to the properties', () => {
    const notes: string[] = [];
    const events = { ptesCleared: () => notes.push('clear') };
    const run = newRun({}, [watcher(() => ({ ...noting(notes), ...events }))]);
    steps(run, 'A = vmap(1)');
    notes.length = 0;
    steps(run, 'vfree(A)');
    expect(notes).toEqual([]);
  });
});

describe('violations', () => {
  it('are one for each property, the first', () => {
    const flushes = watcher(
      (violated) => ({ flushAsked: (at) => violated(`at ${at}`) }),
      'flushes',
    );
    const clears = watcher((violated) => ({ ptesCleared: (at) => violated(`at ${at}`) }), 'clears');
    const run = newRun({}, [flushes, clears]);
    const round = ['vunmap(A)', 'vm_unmap_aliases()'];
    steps(run, 'A = vmap(1)', ...round, 'A = vmap(1)', 'B = vmap(1)', 'vunmap(B)', ...round);
    expect(run.violations.map(({ property, detail }) => `${property.name} ${detail}`)).toEqual([
      'clears at 0',
      'flushes at 0',
    ]);
  });

  it('can look up whether memory was short in the call that runs', () => {
    const short: boolean[] = [];
    const property: Property = {
      ...watcher(() => ({})),
      watch: (world) => ({ callReturned: () => short.push(world.allocationFailed()) }),
    };
    const run = newRun({}, [property]);
    steps(run, 'fail_alloc(1)', 'A = vmap(1)', 'B = vmap(1)');
    expect(short).toEqual([false, true, false]);
  });
});

describe('the state of the kernel', () => {
  it('is looked at after every so many calls', () => {
    let looks = 0;
    const property = watcher(() => ({ state: () => looks++ }));
    const run = new CheckedRun(subjectOf(), DEFAULT_MACHINE, [property], {
      tlb: 'fast',
      stateInterval: 3,
    });
    for (let i = 0; i < 7; i++) steps(run, 'run_work()');
    expect(looks).toBe(2);
  });
});

describe('a touch', () => {
  it('reads through the translation its CPU still holds', () => {
    const run = newRun();
    steps(run, 'A = vmap(1)');
    const frame = run.ledger.frameOf.get(0);
    expect(
      steps(run, 'touch(A) on cpu1', 'vunmap(A)', 'touch(A) on cpu1', 'touch(A) on cpu0'),
    ).toMatchObject([
      { kind: 'touched', pfn: frame, stale: false },
      { kind: 'called' },
      { kind: 'touched', pfn: frame, stale: true },
      { kind: 'touched', pfn: -1, stale: false },
    ]);
    expect(steps(run, 'vm_unmap_aliases()', 'touch(A) on cpu1').at(-1)).toMatchObject({
      stale: false,
    });
  });
});

describe('the calling task', () => {
  it('is where it moved to', () => {
    const run = newRun();
    expect(run.cpu).toBe(0);
    steps(run, 'migrate(1)');
    expect(run.cpu).toBe(1);
  });
});

describe('assertTlbsAgree', () => {
  /** v6.5, its TLBs replaced by ones that hold this page. */
  function subjectHolding(vpn: number): Subject {
    const tlb = new FastStaleTlb(2);
    tlb.cleared(vpn, vpn + 1);
    return {
      name: 'two minds',
      boot: (machine, observer) => {
        const session = subjectOf().boot(machine, observer);
        return {
          call: (call) => session.call(call),
          tasks: () => session.tasks(),
          inspect: () => session.inspect(),
          failedAllocations: () => session.failedAllocations(),
          staleTlb: () => tlb,
          tracepoints: () => session.tracepoints(),
          peaks: () => session.peaks(),
          followFunctions: (listener) => session.followFunctions(listener),
        };
      },
    };
  }

  it("throws if the subject's TLBs are others than the reference's", () => {
    const run = new CheckedRun(subjectHolding(3), DEFAULT_MACHINE, []);
    expect(() => run.assertTlbsAgree()).toThrow('TLB models disagree');
  });

  it('is content after every operation of v6.5', () => {
    const run = newRun();
    const list = operations('A = vmap(2)', 'B = vm_map_ram(1)', 'vunmap(A)', 'vm_unmap_ram(B)');
    for (const operation of [...list, ...operations('vm_unmap_aliases()')]) {
      run.step(operation);
      run.assertTlbsAgree();
    }
    expect(run.ledger.tlb.countStale(0, 64)).toBe(0);
  });
});
