import { describe, expect, it } from 'vitest';
import { ConcreteTlb } from '../../../models/hardware/tlb-concrete.ts';
import { NaiveStaleTlb } from '../../../models/hardware/tlb-naive.ts';
import { Ledger } from '../../../models/reference/ledger.ts';
import type { Watcher } from '../../../properties/property.ts';
import { Hooks } from '../../../src/explore/hooks.ts';
import { Monitor } from '../../../src/explore/monitor.ts';
import { DEFAULT_MACHINE } from '../../../src/scenario/machine.ts';
import { EventLog } from '../../models/kernel/bench.ts';

function monitored(watchers: (ledger: Ledger) => Watcher[]): { ledger: Ledger; monitor: Monitor } {
  const machine = { ...DEFAULT_MACHINE, possibleCpus: [0, 2], onlineCpus: [0, 2] };
  const ledger = new Ledger(machine, new NaiveStaleTlb(2));
  return { ledger, monitor: new Monitor(ledger, new Hooks(watchers(ledger))) };
}

describe('Monitor', () => {
  it('tells properties of an event before the ledger has taken it in', () => {
    const seen: [string, number | undefined, boolean][] = [];
    const { monitor } = monitored((ledger) => {
      const note = (what: string) => {
        seen.push([what, ledger.frameOf.get(4), ledger.framesInUse.has(9)]);
      };
      return [
        {
          ptesSet: () => note('set'),
          ptesCleared: () => note('clear'),
          frameFreed: () => note('free'),
        },
      ];
    });
    monitor.frameAllocated(9);
    monitor.ptesSet(4, 1, [7], 0);
    monitor.ptesCleared(4, 5);
    monitor.frameFreed(9);
    expect(seen).toEqual([
      ['set', undefined, true],
      ['clear', 7, true],
      ['free', undefined, true],
    ]);
  });

  it('tells the ledger of everything, and a listener too', () => {
    const { ledger, monitor } = monitored(() => []);
    const log = new EventLog();
    monitor.listener = log;
    monitor.ptesSet(4, 2, [7, 8], 0);
    monitor.ptesCleared(4, 6);
    monitor.flushAsked(4, 5);
    monitor.invalidated(2, 4, 5);
    monitor.directMapSet(3, 2);
    monitor.innerAllocated(6, 1);
    monitor.complaint('list', 'text');
    expect(log.take()).toEqual([
      'set 4-6',
      'clear 4-6',
      'flush 4-5',
      'direct map 3 invalid',
      'inner 6-7',
      'list: text',
    ]);
    expect([ledger.tlb.firstStaleOn(0, 0, 9), ledger.tlb.firstStaleOn(1, 0, 9)]).toEqual([4, 5]);
    expect([ledger.directMap.get(3), ledger.areas.has(6)]).toEqual([2, true]);
    monitor.innerFreeBegins(6);
    monitor.innerFreeReturned(6);
    expect(ledger.areas.has(6)).toBe(false);
  });

  it('counts events of the hardware, and flushes', () => {
    const { monitor } = monitored(() => []);
    monitor.ptesSet(4, 1, [7], 0);
    monitor.flushAsked(4, 5);
    monitor.invalidated(0, 4, 5);
    monitor.complaint('list', 'text');
    expect([monitor.events, monitor.flushes]).toEqual([3, 1]);
  });

  it('lets properties look away while the caller breaks the contract, but not the ledger', () => {
    const seen: string[] = [];
    const { ledger, monitor } = monitored(() => [
      {
        ptesSet: () => seen.push('set'),
        ptesCleared: () => seen.push('clear'),
        flushAsked: () => seen.push('flush'),
        frameFreed: () => seen.push('free'),
        complaint: () => seen.push('complaint'),
      },
    ]);
    monitor.muted = true;
    monitor.ptesSet(4, 1, [7], 0);
    expect(ledger.frameOf.get(4)).toBe(7);
    monitor.ptesCleared(4, 5);
    monitor.flushAsked(4, 5);
    monitor.frameFreed(7);
    monitor.complaint('locking', 'text');
    expect(seen).toEqual([]);
    monitor.muted = false;
    monitor.complaint('locking', 'text');
    expect(seen).toEqual(['complaint']);
  });

  it("drops entries of the touching CPU's TLB by the place of the CPU, not by its id", () => {
    const { monitor } = monitored(() => []);
    const tlb = new ConcreteTlb(2);
    monitor.concreteTlb = tlb;
    for (const index of [0, 1]) tlb.touch(index, 4, 7);
    monitor.invalidated(2, 4, 5);
    expect([tlb.touch(0, 4, -1), tlb.touch(1, 4, -1)]).toEqual([7, -1]);
  });
});
