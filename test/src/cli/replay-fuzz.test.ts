import fc from 'fast-check';
import { expect, it } from 'vitest';
import { policies } from '../../../models/policies/index.ts';
import { properties } from '../../../properties/index.ts';
import { printCase } from '../../../src/scenario/case-print.ts';
import { anyCase } from '../scenario/case-arbitrary.ts';
import { run } from './fake-io.ts';

const runnable = fc
  .record({
    one: anyCase,
    policy: fc.constantFrom(...policies.map(({ name }) => name)),
    property: fc.constantFrom(null, ...properties.map(({ name }) => name)),
  })
  .map(({ one, policy, property }) => {
    const { machine, tasks } = one.scenario;
    return { ...one, policy, property, scenario: { machine, tasks: tasks.slice(0, 1) } };
  });

it('every valid case gets a verdict, in ASCII of at most 72 columns', async () => {
  await fc.assert(
    fc.asyncProperty(runnable, async (one) => {
      const { code, stdout, stderr } = await run(['replay', '-'], { stdin: printCase(one) });
      expect([0, 1, 2], stderr).toContain(code);
      for (const line of stdout.split('\n')) expect(line).toMatch(/^[\x20-\x7e]{0,72}$/);
    }),
    { seed: 2, numRuns: 100 },
  );
});
