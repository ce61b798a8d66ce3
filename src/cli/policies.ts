import { policies } from '../../models/policies/index.ts';
import type { Policy } from '../../models/policies/policy.ts';
import { properties } from '../../properties/index.ts';
import { policiesText } from '../report/policies-text.ts';
import { verdictsText } from '../report/verdicts-text.ts';
import { shown } from '../scenario/errors.ts';
import { didYouMean } from '../scenario/nearest.ts';
import { readArguments } from './arguments.ts';
import { UsageError } from './errors.ts';
import { EXIT, type Verb } from './io.ts';

/** `vmapcheck policies` */
export const policiesVerb: Verb = {
  help: `Usage: vmapcheck policies [NAME...] [--json]

Shows what each built-in policy is expected to do for each property, oldest first, and with NAME
what that policy is and who says what of it. npm test confirms every verdict shown.
`,
  async run(args, io) {
    const { positionals, json } = readArguments(args, {});
    const chosen = positionals.length === 0 ? policies : positionals.map(policyNamed);
    if (json) {
      const documents = chosen.map(documentOf);
      io.stdout(`${JSON.stringify({ policies: documents }, null, 2)}\n`);
    } else if (positionals.length === 0) io.stdout(verdictsText(policies, properties));
    else io.stdout(policiesText(chosen));
    return EXIT.holds;
  },
};

function policyNamed(name: string): Policy {
  const policy = policies.find((one) => one.name === name);
  if (policy !== undefined) return policy;
  const hint = didYouMean(
    name,
    policies.map((one) => one.name),
  );
  throw new UsageError(`unknown policy ${shown(name)}${hint}`);
}

function documentOf(policy: Policy) {
  return {
    name: policy.name,
    title: policy.title,
    source: policy.source,
    patches: policy.patches.map(({ name, title, source }) => ({ name, title, source })),
    verdicts: properties.map(({ name }) => ({
      property: name,
      ...(policy.expected[name] ?? { verdict: 'holds' }),
    })),
    betweenTasks: Object.entries(policy.expectedInterleaved).map(([property, expectation]) => ({
      property,
      ...expectation,
    })),
  };
}
