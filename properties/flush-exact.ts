import { rangeText } from '../src/scenario/page-text.ts';
import type { Property } from './property.ts';

export const flushExact: Property = {
  name: 'flush-exact',
  kind: 'economy',
  invariant: 'I7',
  prose: 'A flush covers dirty pages only; measured as pages asked / pages dirty.',
  source: 'Thomas Gleixner, 15 and 19 May 2023 (mail 1): 1002 pages asked where 4 were dirty',
  interleaved: 'never',
  underConcurrency:
    'Has no meaning: another call may flush or unmap pages between the decision to flush a range ' +
    'and the flush.',
  watch(world, violated) {
    const { tlb } = world.ledger;
    return {
      flushAsked(start, end) {
        if (!(start < end)) return;
        const dirty = tlb.countStale(start, end);
        if (dirty !== end - start) {
          const range = rangeText(start, end);
          violated(`a flush of ${end - start} pages, ${range}: ${dirty} of them are dirty`);
        }
      },
    };
  },
};
