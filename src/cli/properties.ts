import { properties } from '../../properties/index.ts';
import { propertiesText } from '../report/properties-text.ts';
import { readArguments } from './arguments.ts';
import { UsageError } from './errors.ts';
import { EXIT, type Verb } from './io.ts';

/** `vmapcheck properties` */
export const propertiesVerb: Verb = {
  help: `Usage: vmapcheck properties [--json]

Lists the properties. Every policy must hold those of kind safety; a violation of one of kind
economy is a finding about how good the policy is.
`,
  async run(args, io) {
    const { positionals, json } = readArguments(args, {});
    if (positionals.length > 0) throw new UsageError('properties takes no arguments');
    if (!json) {
      io.stdout(propertiesText(properties));
      return EXIT.holds;
    }
    const documents = properties.map(({ watch: _watch, ...document }) => document);
    io.stdout(`${JSON.stringify({ properties: documents }, null, 2)}\n`);
    return EXIT.holds;
  },
};
