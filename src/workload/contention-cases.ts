import { VMALLOC_START } from '../../models/hardware/machine.ts';
import { NULL } from '../../models/kernel/err.ts';
import type { Kernel } from '../../models/kernel/kernel.ts';
import type { Run } from '../../models/kernel/point.ts';
import type { Random } from '../explore/random.ts';

/** Rounds of one case before a CPU draws another. */
const ROUNDS = 32;

/** One round of a case of lib/test_vmalloc.c. */
type Round = (kernel: Kernel, random: Random) => Run<void>;

const rounds: readonly Round[] = [
  // fix_size_alloc_test
  (kernel) => allocAndFree(kernel, 1),
  // full_fit_alloc_test, its loop
  (kernel) => allocAndFree(kernel, 1),
  // long_busy_list_alloc_test, its loop
  function* (kernel) {
    const large = yield* alloc(kernel, 100);
    const small = yield* alloc(kernel, 1);
    yield* free(kernel, large);
    yield* free(kernel, small);
  },
  // random_size_alloc_test
  (kernel, random) => allocAndFree(kernel, 1 + random.below(100)),
  // fix_align_alloc_test: aligned to THREAD_ALIGN << 1, in pages of x86-64
  (kernel) => allocAndFree(kernel, 5, 8),
  // random_size_align_alloc_test: aligned to 1 << (rnd % 23) bytes
  (kernel, random) => {
    const drawn = random.below(256);
    return allocAndFree(kernel, 1 + (drawn % 10), 2 ** Math.max((drawn % 23) - 12, 0));
  },
];

/**
 * A worker of test_vmalloc.sh in stress mode, which runs all cases in an order of its own, without
 * end. Cases take turns after few rounds, not after a million, because what is simulated is over by
 * then; for the same reason the other cases are left out: 64 rounds of align_shift_alloc_test in
 * six million of the rest, and the chunks that pcpu_alloc_test takes now and then.
 */
export function* stressWorker(kernel: Kernel, random: Random): Run<void> {
  for (;;) {
    const round = rounds[random.below(rounds.length)];
    for (let i = 0; i < ROUNDS && round !== undefined; i++) yield* round(kernel, random);
  }
}

/** The areas of long_busy_list_alloc_test that stay, one page each. */
export function* busyAreas(kernel: Kernel, count: number): Run<void> {
  for (let i = 0; i < count; i++) yield* alloc(kernel, 1);
}

function alloc(kernel: Kernel, pages: number, align = 1): Run<number> {
  return kernel.__vmalloc_node_range(pages, align, VMALLOC_START, kernel.VMALLOC_END, 0);
}

function* free(kernel: Kernel, vpn: number): Run<void> {
  if (vpn !== NULL) yield* kernel.vfree(vpn);
}

function* allocAndFree(kernel: Kernel, pages: number, align = 1): Run<void> {
  yield* free(kernel, yield* alloc(kernel, pages, align));
}
