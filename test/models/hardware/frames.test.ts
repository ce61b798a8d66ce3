import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameAllocator } from '../../../models/hardware/frames.ts';

describe('FrameAllocator', () => {
  it('hands out the lowest free frame, like a scan of all frames', () => {
    const request = fc.oneof(
      { weight: 3, arbitrary: fc.constant('allocate' as const) },
      { weight: 1, arbitrary: fc.nat({ max: 130 }) },
    );
    const requests = fc.array(request, { maxLength: 300, size: 'max' });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 130 }), requests, (ramPages, sequence) => {
        const frames = new FrameAllocator(ramPages);
        const allocated = new Array<boolean>(ramPages).fill(false);
        for (const request of sequence) {
          if (request === 'allocate') {
            const lowest = allocated.indexOf(false);
            expect(frames.allocate()).toBe(lowest);
            if (lowest >= 0) allocated[lowest] = true;
          } else {
            expect(frames.free(request)).toBe(allocated[request] === true);
            if (request < ramPages) allocated[request] = false;
          }
        }
      }),
      { seed: 4, numRuns: 200 },
    );
  });

  it('refuses what is not a frame of RAM', () => {
    const frames = new FrameAllocator(4);
    frames.allocate();
    expect([frames.free(-1), frames.free(1), frames.free(2 ** 24)]).toEqual([false, false, false]);
    expect(frames.allocate()).toBe(1);
  });
});
