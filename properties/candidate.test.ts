import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CheckReport } from '../src/explore/check.ts';
import { checkPolicy } from '../src/explore/check-policy.ts';
import { printCase } from '../src/scenario/case-print.ts';
import { builtInPolicy, type LoadedPolicy, loadPolicyFile } from '../src/subject/load-policy.ts';
import { properties } from './index.ts';
import { testRuns } from './runs.ts';

/** The policy to judge: a file or a built-in name. */
const argument = process.env.VMAPCHECK_POLICY ?? 'models/policies/candidate-example.ts';

describe(`the candidate ${argument}`, () => {
  let policy: LoadedPolicy;
  let report: CheckReport;

  beforeAll(async () => {
    policy = /[/.]ts$|\//.test(argument)
      ? await loadPolicyFile(argument, resolve(argument))
      : builtInPolicy(argument);
    const options = { properties, runs: testRuns(), maxOps: 40, seed: 1, machine: {} };
    report = checkPolicy(policy.subject(), { ...options, shrink: true });
  });

  it.each(properties.map(({ name }) => name))('%s', (name) => {
    const verdict = report.verdicts.find(({ property }) => property.name === name);
    const known = policy.expected[name]?.verdict === 'violated';
    // A violation that is expected and does not show any more is what a candidate hopes for.
    if (verdict?.verdict !== 'violated' || known) return;
    const { scenario, detail } = verdict;
    const text = printCase({
      policy: argument,
      property: name,
      scenario,
      observed: [detail],
      certificate: [],
    });
    expect.fail(`violates ${name}, and neither it nor its base is expected to:\n\n${text}`);
  });
});
