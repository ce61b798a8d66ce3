import { DIRECT_MAP_VPN, type Machine } from '../../../models/hardware/machine.ts';
import type { Property } from '../../../properties/property.ts';
import { DraftSource } from '../../../src/explore/bulk.ts';
import { CheckedRun } from '../../../src/explore/checked-run.ts';
import { type DraftKind, operationOf } from '../../../src/explore/draft.ts';
import { Random } from '../../../src/explore/random.ts';
import { Roster } from '../../../src/explore/roster.ts';
import { DEFAULT_MACHINE } from '../../../src/scenario/machine.ts';
import type { Operation } from '../../../src/scenario/operation.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';
import type { Subject } from '../../../src/subject/port.ts';

const MAX_BOOTS = 10_000;
const MAX_OPERATIONS = 60;

/** What random runs are made of. */
export interface Noise {
  readonly kinds: (kind: DraftKind) => boolean;
  /** Pages of the smallest vmap block. */
  readonly block: number;
}

export const ANY_NOISE: Noise = { kinds: () => true, block: 4 };

/** The first violating run from a seed, on a machine of its own: as found, nothing taken away. */
export function randomViolation(
  subject: Subject,
  property: Property,
  seed: number,
  { kinds, block }: Noise,
): Scenario {
  const machine = randomMachine(seed, block);
  const drafts = new DraftSource(seed, kinds);
  for (let boot = 0; boot < MAX_BOOTS; boot++) {
    const run = new CheckedRun(subject, machine, [property]);
    const roster = new Roster();
    const operations: Operation[] = [];
    while (!run.ended && operations.length < MAX_OPERATIONS) {
      const operation = operationOf(drafts.next(), run, roster);
      if (operation === null) continue;
      operations.push(operation);
      roster.note(run, operation, run.step(operation));
      if (run.violations.length > 0)
        return { machine, tasks: [{ cpu: machine.onlineCpus[0] ?? 0, operations }] };
    }
  }
  throw new Error(`seed ${seed} does not violate ${property.name}`);
}

function randomMachine(seed: number, smallest: number): Machine {
  const random = new Random(seed);
  const cpus = [0, 1, 2, 3].slice(0, 2 + random.below(3));
  const block = smallest * 2 ** random.below(3);
  return {
    ...DEFAULT_MACHINE,
    possibleCpus: cpus,
    onlineCpus: cpus,
    vmapBbmapBits: block,
    vmapMaxAlloc: block / 2,
    vmallocPages: block * (6 + random.below(20)),
    modulesPages: 16 * random.below(2),
    ramPages: 32 * (1 + random.below(3)),
    lazyMaxPages: 8 * (1 + random.below(8)),
    vmapNodes: 1,
    zonePages: 16,
    directMapVpn: DIRECT_MAP_VPN,
  };
}
