import type { Scenario } from '../scenario/scenario.ts';
import { operationsOf, startCpuOf, withoutAt, withStartCpu } from './edit.ts';
import type { Search } from './search.ts';

/** Combinations of operations tried together, at most; more would cost more than they find. */
const MAX_COMBINATIONS = 300;
/** Operations that are dropped together though they are scattered over the list. */
const TOGETHER = 4;

/**
 * Drops operations: chunks of half the list, a quarter, ... single ones (delta debugging: Zeller
 * and Hildebrandt, Simplifying and Isolating Failure-Inducing Input, 2002), then two to four that
 * need each other, wherever they are. What refers to a dropped allocation goes with it.
 */
export function dropOperations(search: Search): void {
  let before: Scenario;
  do {
    before = search.current;
    dropChunks(search);
    for (let count = 2; count <= TOGETHER; count++) search.exhaust((all) => shorter(all, count));
    if (search.current.tasks.length === 1) search.exhaust(shorterElsewhere);
  } while (search.current !== before);
}

function dropChunks(search: Search): void {
  let size = Math.ceil(operationsOf(search.current).length / 2);
  for (; size >= 1; size = Math.floor(size / 2)) {
    let start = operationsOf(search.current).length - size;
    while (start > -size) {
      const from = Math.max(0, start);
      search.attempt(withoutAt(search.current, range(from, start + size)));
      start = Math.min(start, operationsOf(search.current).length) - size;
    }
  }
}

/** Scenarios with one or two operations less, and what refers to them. */
export function* fewerOperations(scenario: Scenario): Generator<Scenario> {
  for (let count = 1; count <= 2; count++) yield* shorter(scenario, count);
}

/** Scenarios with `count` operations less. */
function shorter(scenario: Scenario, count: number): Scenario[] {
  const ways = combinations(operationsOf(scenario).length, count);
  return ways.map((indexes) => withoutAt(scenario, indexes));
}

/**
 * Shorter scenarios that start on another CPU: a migrate, or an area that only moves others along,
 * is often there to have something happen on that one.
 */
function* shorterElsewhere(scenario: Scenario): Generator<Scenario> {
  const operations = operationsOf(scenario);
  const others = scenario.machine.onlineCpus.filter((cpu) => cpu !== startCpuOf(scenario));
  const migrates = operations.flatMap(({ kind }, at) => (kind === 'migrate' ? [at] : []));
  const drops = [migrates];
  for (let count = 1; count <= TOGETHER; count++) {
    const ways = combinations(operations.length, count);
    if ((drops.length + ways.length) * others.length <= MAX_COMBINATIONS) drops.push(...ways);
  }
  for (const drop of drops) {
    for (const cpu of others) yield withStartCpu(withoutAt(scenario, drop), cpu);
  }
}

/** The ways to take `count` of `n` positions, none if they are too many. */
function combinations(n: number, count: number): number[][] {
  if (numberOfCombinations(n, count) > MAX_COMBINATIONS) return [];
  let all: number[][] = [[]];
  for (let taken = 0; taken < count; taken++) {
    all = all.flatMap((some) => range((some.at(-1) ?? -1) + 1, n).map((next) => [...some, next]));
  }
  return all;
}

function numberOfCombinations(n: number, count: number): number {
  let ways = 1;
  for (let i = 0; i < count; i++) ways = (ways * (n - i)) / (i + 1);
  return ways;
}

function range(start: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i);
}
