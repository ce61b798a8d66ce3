import { describe, expect, it } from 'vitest';
import { DirectMapPerm } from '../../../models/hardware/observer.ts';
import { NaiveStaleTlb } from '../../../models/hardware/tlb-naive.ts';
import { type Area, isReadable } from '../../../models/reference/area.ts';
import { Ledger } from '../../../models/reference/ledger.ts';
import { DEFAULT_MACHINE } from '../../../src/scenario/machine.ts';

/** Of CPUs 0, 1 and 3 the last is offline. */
const machine = { ...DEFAULT_MACHINE, possibleCpus: [0, 1, 3], onlineCpus: [0, 1] };

function newLedger(): Ledger {
  return new Ledger(machine, new NaiveStaleTlb(2));
}

function area(start: number, pages: number): Area {
  return { kind: 'vmap', start, pages, frames: null, resetsPerms: false, state: 'live' };
}

/** The pages of 0 .. 9 that a CPU may hold an old translation of. */
function stale(ledger: Ledger, cpu: number): number[] {
  return Array.from({ length: 10 }, (_, vpn) => vpn).filter(
    (vpn) => ledger.tlb.firstStaleOn(cpu, vpn, vpn + 1) === vpn,
  );
}

describe('the page table of the ledger', () => {
  it('has the frames from the first one on', () => {
    const ledger = newLedger();
    ledger.ptesSet(2, 2, [7, 8, 9], 1);
    expect([...ledger.frameOf]).toEqual([
      [2, 8],
      [3, 9],
    ]);
  });

  it('makes a mapped page stale on every CPU when it is cleared or replaced, and no other', () => {
    const ledger = newLedger();
    ledger.ptesSet(2, 2, [7, 8], 0);
    expect(stale(ledger, 0)).toEqual([]);
    ledger.ptesSet(3, 1, [9], 0);
    expect(stale(ledger, 0)).toEqual([3]);
    ledger.ptesCleared(0, 3);
    expect([stale(ledger, 0), stale(ledger, 1)]).toEqual([
      [2, 3],
      [2, 3],
    ]);
    expect([...ledger.frameOf.keys()]).toEqual([3]);
  });

  it.each([
    ['narrow', 3, 6],
    ['far wider than what is mapped', 3, 2 ** 33],
  ])('visits the mapped pages of a %s range', (_what, start, end) => {
    const ledger = newLedger();
    for (const vpn of [1, 3, 5]) ledger.ptesSet(vpn, 1, [vpn], 0);
    const visited: number[] = [];
    ledger.forEachMapped(start, end, (vpn) => visited.push(vpn));
    expect(visited).toEqual([3, 5]);
  });

  it('knows which unmaps had returned before a call began', () => {
    const ledger = newLedger();
    ledger.ptesSet(2, 2, [7, 8], 0);
    const first = ledger.callBegins();
    ledger.ptesCleared(2, 3);
    const during = ledger.callBegins();
    ledger.switchTo(first);
    ledger.ptesCleared(3, 4);
    ledger.callReturned(first);
    const after = ledger.callBegins();
    expect([2, 3].map((vpn) => ledger.wasUnmappedBefore(vpn, during))).toEqual([false, false]);
    expect([2, 3].map((vpn) => ledger.wasUnmappedBefore(vpn, after))).toEqual([true, true]);
  });
});

describe('the TLBs of the ledger', () => {
  it('drop what the CPU named drops, and no other CPU does', () => {
    const ledger = newLedger();
    ledger.ptesSet(2, 3, [7, 8, 9], 0);
    ledger.ptesCleared(2, 5);
    ledger.invalidated(1, 3, 4);
    expect([stale(ledger, 0), stale(ledger, 1)]).toEqual([
      [2, 3, 4],
      [2, 4],
    ]);
  });

  it('exist for online CPUs only', () => {
    expect(() => newLedger().invalidated(3, 0, 1)).toThrow('cpu3 is not online');
  });
});

describe('the direct map of the ledger', () => {
  it('is stale after each change of a page that was present', () => {
    const ledger = newLedger();
    const vpn = machine.directMapVpn + 5;
    const isStale = () => ledger.tlb.countStale(vpn, vpn + 1) === 1;
    const set = (perm: DirectMapPerm) => {
      ledger.tlb.invalidateAll(vpn, vpn + 1);
      ledger.directMapSet(5, perm);
      return [isStale(), ledger.directMap.get(5)];
    };
    expect(set(DirectMapPerm.default)).toEqual([false, undefined]);
    expect(set(DirectMapPerm.readOnly)).toEqual([true, DirectMapPerm.readOnly]);
    expect(set(DirectMapPerm.readOnly)).toEqual([false, DirectMapPerm.readOnly]);
    expect(set(DirectMapPerm.invalid)).toEqual([true, DirectMapPerm.invalid]);
    expect(set(DirectMapPerm.default)).toEqual([false, undefined]);
  });

  it('knows the frames that are in use', () => {
    const ledger = newLedger();
    ledger.frameAllocated(3);
    ledger.frameAllocated(4);
    ledger.frameFreed(3);
    expect([...ledger.framesInUse]).toEqual([4]);
  });
});

describe('the areas of the ledger', () => {
  it('own their pages from allocation until they are freed', () => {
    const ledger = newLedger();
    const one = area(2, 2);
    ledger.allocated(one);
    expect([1, 2, 3, 4].map((vpn) => ledger.areaOf.get(vpn) === one)).toEqual([
      false,
      true,
      true,
      false,
    ]);
    ledger.freeBegins(one);
    expect([one.state, ledger.areas.get(2)]).toEqual(['leaving', one]);
    ledger.freed(one);
    expect([ledger.areas.size, ledger.areaOf.get(2)]).toEqual([0, undefined]);
  });

  it('leave alone what another area has got meanwhile', () => {
    const ledger = newLedger();
    const [old, next] = [area(2, 3), area(2, 2)];
    ledger.allocated(old);
    ledger.freeBegins(old);
    ledger.allocated(next);
    ledger.freed(old);
    expect(ledger.areas.get(2)).toBe(next);
    expect([2, 3, 4].map((vpn) => ledger.areaOf.get(vpn))).toEqual([next, next, undefined]);
  });

  it("include the kernel's own, until it has freed them", () => {
    const ledger = newLedger();
    ledger.innerAllocated(4, 2);
    expect(ledger.areas.get(4)).toMatchObject({ kind: 'inner', pages: 2, state: 'live' });
    ledger.innerFreeBegins(4);
    expect(ledger.areaOf.get(5)?.state).toBe('leaving');
    ledger.innerFreeReturned(4);
    expect(ledger.areaOf.get(5)).toBeUndefined();
    ledger.innerFreeBegins(9);
    ledger.innerFreeReturned(9);
    expect(ledger.areas.size).toBe(0);
  });

  it('can be read, all but I/O memory', () => {
    expect([isReadable('vmalloc'), isReadable('vm_map_ram'), isReadable('ioremap')]).toEqual([
      true,
      true,
      false,
    ]);
  });
});
