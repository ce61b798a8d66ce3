import { policies } from '../../models/policies/index.ts';
import { expectedViolations, policiesText } from '../report/policies-text.ts';
import { readArguments } from './arguments.ts';
import { UsageError } from './errors.ts';
import { EXIT, type Verb } from './io.ts';

/** `vmapcheck policies` */
export const policiesVerb: Verb = {
  help: `Usage: vmapcheck policies [--json]

Lists the built-in policies, oldest first: how many patches each is away from v6.1, its title, its
source, and the properties it is expected to violate.
`,
  async run(args, io) {
    const { positionals, json } = readArguments(args, {});
    if (positionals.length > 0) throw new UsageError('policies takes no arguments');
    if (!json) {
      io.stdout(policiesText(policies));
      return EXIT.holds;
    }
    const documents = policies.map((policy) => ({
      name: policy.name,
      title: policy.title,
      source: policy.source,
      patches: policy.patches.map(({ name, title, source }) => ({ name, title, source })),
      violates: expectedViolations(policy),
    }));
    io.stdout(`${JSON.stringify({ policies: documents }, null, 2)}\n`);
    return EXIT.holds;
  },
};
