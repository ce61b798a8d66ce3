import { VMALLOC_START } from '../models/hardware/machine.ts';
import { IntervalSet } from '../models/kernel/structures/interval-set.ts';
import { rangeText } from '../src/scenario/page-text.ts';
import { isAllocation } from './calls.ts';
import type { Property } from './property.ts';

export const flushedExactlyOnce: Property = {
  name: 'flushed-exactly-once',
  kind: 'economy',
  invariant: 'I7',
  prose: 'Every dirty range is flushed exactly once: no flush covers a page that is already clean.',
  source: 'Thomas Gleixner, 19 May 2023 (mail 1); a09fad96ffb1 (v6.5)',
  interleaved: 'never',
  underConcurrency:
    'Has no meaning: two flushes under way may cover the same page, and neither is one too many.',
  watch(world, violated) {
    const { tlb } = world.ledger;
    // Pages unmapped whose address space is not free again: dirty, or flushed already. What a hull
    // covers besides is flush-exact's affair.
    const unmapped = new IntervalSet();
    let flushed = false;
    return {
      callBegins() {
        flushed = false;
      },
      // An allocation that flushed ran out of space and purged: what is clean may be in use again
      // by now, without having been seen free in between.
      callReturned(call) {
        if (flushed && isAllocation(call)) keepDirtyOnly();
      },
      state({ free }) {
        if (unmapped.rangeCount === 0) return;
        for (let i = 0; i < free.length; i += 2) unmapped.remove(free[i] ?? 0, free[i + 1] ?? 0);
      },
      ptesSet: (start, count) => unmapped.remove(start, start + count),
      ptesCleared(start, end) {
        world.ledger.forEachMapped(start, end, (vpn) => unmapped.add(vpn, vpn + 1));
      },
      flushAsked(start, end) {
        flushed = true;
        const from = Math.max(start, VMALLOC_START);
        const clean = unmapped.countWithin(from, end) - tlb.countStale(from, end);
        if (clean === 0) return;
        const first = firstClean(from, end);
        violated(
          `a flush of pages ${rangeText(start, end)} covers ${clean} that were flushed already ` +
            `since they were unmapped, ${world.describe(first)} among them`,
          first,
        );
      },
    };

    function keepDirtyOnly(): void {
      const pages: number[] = [];
      unmapped.forEach((from, to) => {
        for (let vpn = tlb.firstStale(from, to); vpn < to; vpn = tlb.firstStale(vpn + 1, to)) {
          pages.push(vpn);
        }
      });
      unmapped.clear();
      for (const vpn of pages) unmapped.add(vpn, vpn + 1);
    }

    function firstClean(start: number, end: number): number {
      let first = Number.NaN;
      unmapped.forEach((from, to) => {
        for (let vpn = Math.max(from, start); vpn < Math.min(to, end); vpn++) {
          if (Number.isNaN(first) && Number.isNaN(tlb.firstStale(vpn, vpn + 1))) first = vpn;
        }
      });
      return first;
    }
  },
};
