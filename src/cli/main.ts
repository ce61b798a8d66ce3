import { ScenarioError } from '../scenario/errors.ts';
import { didYouMean } from '../scenario/nearest.ts';
import { SubjectCrash } from '../subject/subject-crash.ts';
import { CannotTell, UsageError } from './errors.ts';
import { EXIT, type Io, type Verb } from './io.ts';

interface Entry {
  readonly summary: string;
  /** Loads the verb with all it needs, so that `--help` need not wait for it. */
  readonly load: () => Promise<Verb>;
}

const VERBS: Readonly<Record<string, Entry>> = {
  check: {
    summary: 'look for a scenario in which a policy violates a property',
    load: async () => (await import('./check.ts')).check,
  },
  replay: {
    summary: 'run the cases of a file or a mail, and show what happens',
    load: async () => (await import('./replay.ts')).replay,
  },
  explore: {
    summary: 'go through the interleavings of a case of several tasks',
    load: async () => (await import('./explore.ts')).explore,
  },
  verify: {
    summary: 'go through all small concurrent programs, and their interleavings',
    load: async () => (await import('./verify.ts')).verify,
  },
  conform: {
    summary: 'run two policies in lock-step, look for the first difference',
    load: async () => (await import('./conform.ts')).conform,
  },
  minimize: {
    summary: 'look for a simpler case, or certify that there is none in a small scope',
    load: async () => (await import('./minimize.ts')).minimize,
  },
  compare: {
    summary: 'put side by side what policies cost on a workload',
    load: async () => (await import('./compare.ts')).compare,
  },
  review: {
    summary: 'show what sets a patch apart from what it changes',
    load: async () => (await import('./review.ts')).review,
  },
  trace: {
    summary: 'replay the recorded history of a real kernel through a policy',
    load: async () => (await import('./trace.ts')).trace,
  },
  policies: {
    summary: 'list the built-in policies',
    load: async () => (await import('./policies.ts')).policiesVerb,
  },
  properties: {
    summary: 'list the properties',
    load: async () => (await import('./properties.ts')).propertiesVerb,
  },
};

const HELP = `vmapcheck checks candidate policies for Linux mm/vmalloc.c against a reference model.

Usage: vmapcheck VERB ...

${Object.entries(VERBS)
  .map(([name, { summary }]) => `  ${name.padEnd(12)}${summary}`)
  .join('\n')}

Each verb has --help, and --json for one JSON document on standard output.

Exit codes: 0 holds, 1 violated, 2 cannot tell, 64 bad usage or bad input.
`;

/** Runs one command. Returns its exit code; throws nothing. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    return await dispatch(argv, io);
  } catch (error) {
    return report(error, argv.includes('--json'), io);
  }
}

async function dispatch([name, ...args]: readonly string[], io: Io): Promise<number> {
  if (name === '--help' || name === '-h' || name === 'help') {
    io.stdout(HELP);
    return EXIT.holds;
  }
  const known = Object.keys(VERBS).join(', ');
  if (name === undefined) throw new UsageError(`a verb is missing: ${known}`);
  const entry = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
  if (entry === undefined) {
    const hint = didYouMean(name, Object.keys(VERBS)) || `; known are ${known}`;
    throw new UsageError(`unknown verb "${name}"${hint}`);
  }
  const verb = await entry.load();
  if (args.includes('--help') || args.includes('-h')) {
    io.stdout(verb.help);
    return EXIT.holds;
  }
  return await verb.run(args, io);
}

/** Says what went wrong: in one line, unless the fault is the tool's. */
function report(error: unknown, json: boolean, io: Io): number {
  if (error instanceof CannotTell || error instanceof SubjectCrash) {
    if (json) io.stdout(`${JSON.stringify({ verdict: 'cannot tell', reason: error.message })}\n`);
    io.stderr(`vmapcheck: cannot tell: ${error.message}\n`);
    return EXIT.cannotTell;
  }
  if (error instanceof UsageError || error instanceof ScenarioError) {
    io.stderr(`vmapcheck: ${error.message}\n`);
    return EXIT.usage;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.stderr(`vmapcheck: a fault of vmapcheck itself, please report it:\n${text}\n`);
  return EXIT.crash;
}
