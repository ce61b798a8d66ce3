import type { Random } from '../explore/random.ts';
import { vmalloc } from './calls.ts';
import { realMachine } from './machines.ts';
import type { Operations, Setup, Workload } from './workload.ts';

const BURSTS = 2_500;
/** Forks come in bursts of up to so many, and so do exits; each burst on one CPU. */
const BURST_MAX = 24;
const TASKS_MAX = 600;
/** THREAD_SIZE and THREAD_ALIGN of x86-64, in pages; the guard page comes on top. */
const STACK_PAGES = 4;
/** NR_CACHED_STACKS: what each CPU keeps for its next forks. */
const CACHED_STACKS = 2;

/**
 * A fork takes a stack its CPU has kept, or allocates one. An exiting task's stack is kept by the
 * CPU it exits on if that has fewer than two; else it goes through vfree_atomic(), as the last
 * switch from a task must not sleep.
 */
export const stacks: Workload = {
  name: 'stacks',
  prose:
    'some 30,000 forks and exits in bursts, up to 600 tasks on four CPUs: stacks of 4 pages, two ' +
    'kept by each CPU, the others freed by vfree_atomic()',
  source: '"kernel/fork: use vfree_atomic() to free thread stack" (v4.10); the bursts are assumed',
  cpus: 4,
  machine: realMachine,
  *operations({ machine, names, random }: Setup): Operations {
    const { onlineCpus } = machine;
    const kept = onlineCpus.map((): string[] => []);
    const running: string[] = [];
    for (let burst = 0; burst < BURSTS; burst++) {
      const turn = random.below(onlineCpus.length);
      const cache = kept[turn] ?? [];
      yield { kind: 'migrate', cpu: onlineCpus[turn] ?? 0 };
      const count = 1 + random.below(BURST_MAX);
      const forks = random.below(TASKS_MAX) >= running.length;
      for (let i = 0; i < count; i++) {
        if (forks) running.push(cache.pop() ?? (yield* newStack(names.next())));
        else yield* exit(running, cache, random);
      }
    }
  },
};

function* newStack(area: string): Generator<ReturnType<typeof vmalloc>, string, number> {
  yield vmalloc(area, STACK_PAGES, { align: STACK_PAGES });
  return area;
}

function* exit(running: string[], cache: string[], random: Random): Operations {
  const area = running.splice(random.below(running.length), 1)[0];
  if (area === undefined) return;
  if (cache.length < CACHED_STACKS) cache.push(area);
  else yield { kind: 'vfree_atomic', at: { area, offset: 0 } };
}
