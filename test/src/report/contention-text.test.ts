import { describe, expect, it } from 'vitest';
import { contentionText } from '../../../src/report/contention-text.ts';
import { type StressResult, stressOptions } from '../../../src/workload/contention.ts';

function result(policy: string, backlogOf: (span: number) => number): StressResult {
  const backlog = Array.from({ length: 60 }, (_, span) => backlogOf(span));
  return {
    policy,
    options: stressOptions({ lazyMaxPages: 100, ticks: 6_000 }),
    backlog,
    mostInHalves: [Math.max(...backlog.slice(0, 30)), Math.max(...backlog.slice(30))],
    verdict: 'bounded',
    allocations: 1_234,
    longestAllocation: 50,
    meanAllocation: 17.94,
    purges: 12,
    longestPurge: 4_567,
    purgingPerAllocation: 7.05,
    complaints: [],
    death: null,
  };
}

describe('contentionText', () => {
  it('draws every backlog to the same scale', () => {
    const grows: StressResult = { ...result('a', (span) => span * 20), verdict: 'grows' };
    const bounded = result('b', (span) => 150 + (span % 10));
    expect(contentionText([grows, bounded])).toMatchInlineSnapshot(`
      "stress: the cases of test_vmalloc.sh on 8 CPUs at once for 6,000 ticks.
      A tick, about 0.1 us, is the way from one lock or atomic to the next; a
      node of a list takes 3, a page 1. Shown is the most that vmap_lazy_nr
      was in each 100 ticks. lazy_max_pages() is 100; the dotted line is twice
      that.

      a: the backlog grows
           1,180 |                                                       #####
                 |                                                  ##########
                 |                                             ###############
                 |                                        ####################
                 |                                   #########################
                 |                              ##############################
                 |                         ###################################
                 |                    ########################################
                 |               #############################################
             200 |..........##################################################
                 |     #######################################################
                 | ###########################################################
               0 +------------------------------------------------------------
      lazy pages: 580 at most in the first half, 1,180 in the second
      alloc_vmap_area(): 1,234 times, on average 17.9 ticks, at most 50
      purges: 12, at most 4,567 ticks; 7.0 ticks of purging for each
        allocation

      b: the backlog is bounded
             159 |############################################################
                 |############################################################
               0 +------------------------------------------------------------
      lazy pages: 159 at most in the first half, 159 in the second
      alloc_vmap_area(): 1,234 times, on average 17.9 ticks, at most 50
      purges: 12, at most 4,567 ticks; 7.0 ticks of purging for each
        allocation
      "
    `);
  });

  it('tells what went wrong, each rule once', () => {
    const text = contentionText([
      {
        ...result('c', () => 0),
        verdict: 'unreached',
        complaints: ['sleeps', 'sleeps', 'inverts'],
        death: 'BUG: too high',
      },
    ]);
    expect(text.split('\n\n')[1]).toMatchInlineSnapshot(`
      "c: lazy_max_pages() is not reached: nothing can be told
               0 |
               0 +------------------------------------------------------------
      lazy pages: 0 at most in the first half, 0 in the second
      alloc_vmap_area(): 1,234 times, on average 17.9 ticks, at most 50
      purges: 12, at most 4,567 ticks; 7.0 ticks of purging for each
        allocation
      the machine dies before the end: BUG: too high
      a rule is broken: sleeps
      a rule is broken: inverts
      "
    `);
  });

  it('is at most 72 columns wide, whatever the policy is called', () => {
    const text = contentionText([result('x'.repeat(100), () => 99_999_999)]);
    for (const line of text.split('\n')) expect(line).toMatch(/^[\x20-\x7e]{0,72}$/);
  });

  it('is nothing for no policy', () => {
    expect(contentionText([])).toBe('');
  });
});
