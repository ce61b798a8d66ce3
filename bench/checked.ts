import type { Machine } from '../models/hardware/machine.ts';
import { kernelOf } from '../models/policies/policy.ts';
import { v6_5 } from '../models/policies/v6.5.ts';
import { properties } from '../properties/index.ts';
import { bulkRun, DraftSource } from '../src/explore/bulk.ts';
import { checkPolicy } from '../src/explore/check-policy.ts';
import { DEFAULT_MACHINE } from '../src/scenario/machine.ts';
import { PolicySubject } from '../src/subject/policy-subject.ts';
import { type Figure, measure } from './measure.ts';

const subject = new PolicySubject(v6_5.name, kernelOf(v6_5));

/** The properties v6.5 holds: a violated one would end the run. */
const held = properties.filter(({ name }) => v6_5.expected[name]?.verdict !== 'violated');

const LARGE: Machine = {
  ...DEFAULT_MACHINE,
  vmallocPages: 2 ** 20,
  ramPages: 2 ** 16,
  vmapBbmapBits: 1024,
  vmapMaxAlloc: 64,
  lazyMaxPages: 4096,
};

/** Operations checked against the reference and all properties v6.5 holds, per second. */
export function checkedOperations(): Figure[] {
  const operations = 200_000;
  const legal = (kind: string) => !kind.includes(' ');
  return [
    measureCommands(),
    measure(
      'checked operations, seeded driver, small machine',
      operations,
      () => bulkRun(subject, DEFAULT_MACHINE, held, new DraftSource(1, legal), operations, 200),
      1_000_000,
    ),
    measure(
      'checked operations, seeded driver, 1024-page blocks',
      operations,
      () => bulkRun(subject, LARGE, held, new DraftSource(1, legal), operations, 200),
      300_000,
    ),
    measure('the same without properties, small machine', operations, () =>
      bulkRun(subject, DEFAULT_MACHINE, [], new DraftSource(1, legal), operations, 200),
    ),
  ];
}

function measureCommands(): Figure {
  let operations = 0;
  const options = {
    properties: held,
    runs: 4_000,
    maxOps: 100,
    seed: 1,
    machine: DEFAULT_MACHINE,
    shrink: false,
  };
  const count = () => checkPolicy(subject, options).operations;
  operations = count();
  return measure('checked operations, fc.commands', operations, count, 300_000);
}
