import { parseArgs } from 'node:util';
import { shown } from '../scenario/errors.ts';
import { didYouMean } from '../scenario/nearest.ts';
import { UsageError } from './errors.ts';

/**
 * What a verb takes; `many`: the option may be repeated; `flag`: it has no value. Every verb takes
 * --json besides.
 */
export type OptionKinds = Readonly<Record<string, 'text' | 'many' | 'flag'>>;

/** Arguments taken apart. */
export interface Arguments {
  readonly positionals: readonly string[];
  readonly json: boolean;
  /** Whether a flag is given. */
  has(option: string): boolean;
  /** Every value of an option, in the order given. */
  all(option: string): readonly string[];
  /** The value of an option, null if it is not given. */
  one(option: string): string | null;
  /** The whole number of an option within [min, max], `otherwise` if it is not given. */
  number(option: string, min: number, max: number, otherwise: number): number;
}

/** Takes arguments apart. Throws a UsageError for an unknown option, or one without its value. */
export function readArguments(args: readonly string[], kinds: OptionKinds): Arguments {
  const known = [...Object.keys(kinds), 'json', 'help'].map((name) => `--${name}`);
  const { tokens } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean' },
      ...Object.fromEntries(
        Object.entries(kinds).map(([name, kind]) => [
          name,
          { type: kind === 'flag' ? 'boolean' : 'string' },
        ]),
      ),
    },
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const positionals: string[] = [];
  const values = new Map<string, string[]>();
  const flags = new Set<string>();
  let json = false;
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, rawName, value } = token;
    if (rawName === '--json') {
      if (value !== undefined) throw new UsageError('--json takes no value');
      json = true;
    } else if (!Object.hasOwn(kinds, name) || rawName !== `--${name}`) {
      throw new UsageError(`unknown option ${shown(rawName)}${didYouMean(rawName, known)}`);
    } else if (kinds[name] === 'flag') {
      if (value !== undefined) throw new UsageError(`--${name} takes no value`);
      flags.add(name);
    } else if (value === undefined || (value.startsWith('--') && !token.inlineValue)) {
      throw new UsageError(`--${name} lacks its value`);
    } else {
      values.set(name, [...(values.get(name) ?? []), value]);
    }
  }
  for (const [name, given] of values) {
    if (given.length > 1 && kinds[name] === 'text')
      throw new UsageError(`--${name} is given twice`);
  }
  const one = (option: string): string | null => values.get(option)?.[0] ?? null;
  return {
    positionals,
    json,
    has: (option) => flags.has(option),
    all: (option) => values.get(option) ?? [],
    one,
    number(option, min, max, otherwise) {
      const value = one(option);
      return value === null ? otherwise : wholeNumber(`--${option}`, value, min, max);
    },
  };
}

/** The only positional argument. Throws a UsageError if it is missing or there are more. */
export function onlyPositional({ positionals }: Arguments, what: string): string {
  const [first, second] = positionals;
  if (first === undefined) throw new UsageError(`${what} is missing; --help shows the usage`);
  if (second !== undefined)
    throw new UsageError(`one ${what}, please: ${shown(second)} is a second`);
  return first;
}

/** As many positional arguments as are named. Throws a UsageError if there are more or fewer. */
export function positionals({ positionals: given }: Arguments, names: readonly string[]): string[] {
  const missing = names[given.length];
  if (missing !== undefined) throw new UsageError(`${missing} is missing; --help shows the usage`);
  const stray = given[names.length];
  if (stray !== undefined) throw new UsageError(`${shown(stray)} is one argument too many`);
  return [...given];
}

function wholeNumber(what: string, value: string, min: number, max: number): number {
  const number = Number(value);
  if (!/^[0-9]+$/.test(value) || number < min || number > max) {
    throw new UsageError(`${what}: ${shown(value)} is not a whole number of ${min}..${max}`);
  }
  return number;
}
