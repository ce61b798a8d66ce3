import { areaBugs } from './area-bugs.ts';
import { blockBugs } from './block-bugs.ts';
import type { ConcurrentBug } from './bug.ts';

/** Every bug that takes two tasks. */
export const concurrentBugs: readonly ConcurrentBug[] = [...blockBugs, ...areaBugs];
