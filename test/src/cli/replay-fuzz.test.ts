import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policies } from '../../../models/policies/index.ts';
import { properties } from '../../../properties/index.ts';
import { printCase } from '../../../src/scenario/case-print.ts';
import { anyCase } from '../scenario/case-arbitrary.ts';
import { anyDamage } from '../scenario/damage.ts';
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

/** Damaged cases that are replayed; VMAPCHECK_DAMAGED asks for more of them. */
const DAMAGED = Number(process.env.VMAPCHECK_DAMAGED ?? 150);

/** Saved cases of every sort, and races. */
const TEXTS = [
  ...readdirSync('counterexamples')
    .filter((name) => /--(v6\.5|v6\.12|v5\.0|rfc-3of3|mail5-zones)--/.test(name))
    .map((name) => readFileSync(`counterexamples/${name}`, 'utf8')),
  ...['v6.1', 'v6.12', 'exact'].map((policy) =>
    readFileSync('scenarios/race-1-dirty-block-between-lists.case', 'utf8').replace(
      /^property/m,
      `policy ${policy}\nproperty`,
    ),
  ),
];

const VERDICT =
  /^(?:The case|Case \d+ of \d+) on .*: (?:(?:still )?violated|fixed|holds|expired|cannot tell)/m;
const REFUSAL = /^vmapcheck: (?:cannot tell: )?.{0,600}\bline \d+\b.{0,600}\n$/;

describe('a damaged case', () => {
  it('gets a verdict, or one line that says which line is at fault', async () => {
    expect(TEXTS.length).toBeGreaterThan(30);
    const cwd = mkdtempSync(join(tmpdir(), 'vmapcheck-damaged-'));
    const input = fc.tuple(
      fc.constantFrom(...TEXTS),
      fc.array(anyDamage, { minLength: 1, maxLength: 4 }),
    );
    const codes = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(input, async ([whole, damages]) => {
        const stdin = damages.reduce((text, damage) => damage(text || '\n'), whole);
        const { code, stdout, stderr } = await run(['replay', '-'], { stdin, cwd });
        codes.set(code, (codes.get(code) ?? 0) + 1);
        expect([0, 1, 2, 64], stderr).toContain(code);
        if (stdout !== '') expect([stdout, stderr]).toEqual([expect.stringMatching(VERDICT), '']);
        else expect(stderr).toMatch(REFUSAL);
        expect(readdirSync(cwd)).toEqual([]);
      }),
      { seed: 5, numRuns: DAMAGED },
    );
    rmSync(cwd, { recursive: true });
    for (const code of [1, 64]) expect(codes.get(code)).toBeGreaterThan(DAMAGED / 20);
  });
});
