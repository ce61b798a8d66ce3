import type { Policy } from '../../models/policies/policy.ts';
import type { ConcurrentBug } from '../../properties/concurrent/bug.ts';
import { concurrentBugs as knownBugs } from '../../properties/concurrent/index.ts';
import { explore } from '../../src/explore/explore.ts';
import { Random } from '../../src/explore/random.ts';
import { nameTurns } from '../../src/explore/turns.ts';
import { freeFor } from '../../src/minimize/family.ts';
import { minimizeInterleaved } from '../../src/minimize/minimize-interleaved.ts';
import type { Known } from '../../src/minimize/small-scope.ts';
import { parseCase } from '../../src/scenario/case-text.ts';
import type { Operation } from '../../src/scenario/operation.ts';
import type { Scenario, TaskProgram } from '../../src/scenario/scenario.ts';
import { type Bug, propertyOf, subjectOf } from './bug.ts';

/** Interleavings within which random priorities are to show the bug, else other noise is added. */
const LIMIT = 2_000;
const DEPTH = 3;
const ATTEMPTS = 50;

/** The bugs that take two tasks, each on the last policy that has it. */
export const concurrentBugs: readonly Bug[] = knownBugs.flatMap((known) => {
  const policy = known.violated.at(-1);
  return policy === undefined ? [] : [bug(known, policy)];
});

function bug({ name, property: propertyName, scenario: text }: ConcurrentBug, policy: Policy): Bug {
  const property = propertyOf(propertyName);
  const subject = subjectOf(policy);
  const known: Known = new Map();
  return {
    name,
    property: property.name,
    endingOf(seed, effort = {}) {
      const random = new Random(seed);
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const from = noisy(parseCase(text).scenario, random);
        const strategy = { kind: 'pct', depth: DEPTH, seed: random.next() } as const;
        const explored = explore(subject, from, { strategy, properties: [property], limit: LIMIT });
        if (explored.verdict !== 'violated') continue;
        const { schedule: found } = explored;
        const least = minimizeInterleaved(subject, from, found, property, { known, ...effort });
        const schedule = nameTurns(subject, least.scenario, least.schedule);
        return { scenario: { ...least.scenario, schedule }, certificate: least.certificate };
      }
      throw new Error(`${name}: seed ${seed} finds nothing`);
    },
  };
}

/** The scenario with more CPUs and with calls in between that have nothing to do with the bug. */
function noisy({ machine, tasks }: Scenario, random: Random): Scenario {
  const cpus = Array.from(
    { length: machine.possibleCpus.length + random.below(3) },
    (_, cpu) => cpu,
  );
  let names = 0;
  const among = ({ cpu, operations }: TaskProgram): TaskProgram => {
    const mixed = [...operations];
    for (let added = random.below(3); added >= 0; added--) {
      const noise = noiseOf(random, `N${names++}`);
      let at = random.below(mixed.length + 1);
      for (const operation of noise) {
        mixed.splice(at, 0, operation);
        at += 1 + random.below(mixed.length - at);
      }
    }
    return { cpu, operations: mixed };
  };
  return {
    machine: { ...machine, possibleCpus: cpus, onlineCpus: cpus },
    tasks: tasks.map(among),
  };
}

/** One or two calls with an area of their own, or with none. */
function noiseOf(random: Random, area: string): Operation[] {
  const pages = 1 + random.below(2);
  const allocations: readonly Operation[] = [
    { kind: 'vm_map_ram', area, pages },
    { kind: 'get_vm_area', area, pages },
    { kind: 'vmap', area, pages },
    { kind: 'vmalloc', area, pages, align: 1, range: 'vmalloc', resetPerms: random.below(2) > 0 },
  ];
  const allocation = allocations[random.below(allocations.length + 1)];
  if (allocation === undefined) return [{ kind: 'vm_unmap_aliases' }];
  const free = freeFor(allocation);
  return free === null || random.below(3) === 0 ? [allocation] : [allocation, free];
}
