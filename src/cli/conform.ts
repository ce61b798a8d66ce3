import { type Conformance, conformance, differenceBetween } from '../explore/conformance.ts';
import { conformanceText } from '../report/conformance-text.ts';
import { wrapWords } from '../report/words.ts';
import type { Case } from '../scenario/case.ts';
import { printCase } from '../scenario/case-print.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { LoadedPolicy } from '../subject/load-policy.ts';
import { isLinux } from '../subject/native/load-linux.ts';
import { type Arguments, positionals, readArguments } from './arguments.ts';
import { readCase } from './case-file.ts';
import { refuseTooLarge } from './case-size.ts';
import { MACHINE_OPTIONS, MAX_SEED, readMachine } from './check-options.ts';
import { CannotTell, UsageError } from './errors.ts';
import { EXIT, type Io, type Verb } from './io.ts';
import { Progress } from './progress.ts';
import { openPolicy } from './subjects.ts';

const DEFAULT_OPERATIONS = 20_000;
const MAX_OPERATIONS = 1_000_000_000;
const DEFAULT_SEED = 1;

/** Columns that `observed` leaves of the 72 of a mail. */
const OBSERVED_COLUMNS = 62;

/** From so many operations on, what was never reached means that generation is broken. */
const ENOUGH_OPERATIONS = 200_000;

/** `vmapcheck conform` */
export const conform: Verb = {
  help: `Usage: vmapcheck conform POLICY OTHER [options]

Runs two policies in lock-step on the same random operations, a model and the C file it is a model
of, or a kernel without and with a patch. After every call all that can be seen must be the same:
addresses, failures and warnings, page-table entries, every flush range in its order, what vread
returns, vmap_lazy_nr, busy, lazy, pooled and free areas, every field of every vmap_block. The first
difference is shrunk and printed as a case.

  --ops N           operations to run, on as many machines as it takes (${DEFAULT_OPERATIONS})
  --seed N          the same seed gives the same operations (${DEFAULT_SEED})
  --case FILE       run the case of this file instead; "-" is standard input
  --cpus N          possible CPUs of every machine (varies)
  --block N         VMAP_BBMAP_BITS, pages of a vmap_block (varies)
  --max-alloc N     VMAP_MAX_ALLOC, with --block (half of it)
  --arch NAME       architecture whose TLB flush is simulated (varies)
  --patch FILE      apply this patch to linux:PATH first, to that of OTHER if both are; may be
                    repeated
  --json            one JSON document on standard output

Exits with 1 if they differ, and with 2 if a long run never reached what it should have.
`,
  async run(args, io) {
    const given = readArguments(args, {
      ops: 'text',
      seed: 'text',
      case: 'text',
      patch: 'many',
      ...MACHINE_OPTIONS,
    });
    const [first, second] = await openBoth(given, io);
    const file = given.one('case');
    if (file !== null) return conformCase(first, second, file, given, io);
    const seed = given.number('seed', 0, MAX_SEED, DEFAULT_SEED);
    const operations = given.number('ops', 1, MAX_OPERATIONS, DEFAULT_OPERATIONS);
    const machine = readMachine(given);
    const progress = new Progress(io, operations, 'operations');
    const onProgress = (done: number): void => progress.done(done);
    let found: Conformance;
    try {
      const options = { operations, seed, machine, shrink: true, onProgress };
      found = conformance(first.subject(), second.subject(), options);
    } finally {
      progress.close();
    }
    const difference = found.difference && confirmed(first, second, found.difference.scenario);
    if (given.json) {
      io.stdout(`${JSON.stringify(documentOf(first, second, seed, found, difference), null, 2)}\n`);
    } else {
      io.stdout(conformanceText([first.name, second.name], seed, found));
      if (difference !== null) io.stdout(`\n${printCase(difference)}`);
    }
    if (difference !== null) return EXIT.violated;
    const never = found.coverage.neverReached();
    if (operations >= ENOUGH_OPERATIONS && never.length > 0) {
      throw new CannotTell(`never reached: ${never.join(', ')}`);
    }
    return EXIT.holds;
  },
};

async function openBoth(given: Arguments, io: Io): Promise<[LoadedPolicy, LoadedPolicy]> {
  const [first = '', second = ''] = positionals(given, ['policy', 'other policy']);
  const patches = given.all('patch');
  const patchesFirst = patches.length > 0 && !isLinux(second);
  return [
    await openPolicy(first, io, patchesFirst ? patches : []),
    await openPolicy(second, io, patchesFirst ? [] : patches),
  ];
}

/** Runs a case that somebody has, rather than random operations. */
async function conformCase(
  first: LoadedPolicy,
  second: LoadedPolicy,
  file: string,
  given: Arguments,
  io: Io,
): Promise<number> {
  const { scenario } = await readCase(file, io);
  if (scenario.tasks.length > 1) throw new UsageError('--case: a case of one task, please');
  refuseTooLarge(scenario, 'the case');
  const detail = differenceBetween(first.subject(), second.subject(), scenario);
  const verdict = detail === null ? 'same' : 'different';
  if (given.json) {
    const policies = [first.name, second.name];
    io.stdout(`${JSON.stringify({ policies, verdict, difference: detail }, null, 2)}\n`);
  } else {
    io.stdout(`${detail ?? `${first.name} and ${second.name}: the same`}\n`);
  }
  return detail === null ? EXIT.holds : EXIT.violated;
}

/** The difference as a case, after subjects made anew have shown it once more. */
function confirmed(first: LoadedPolicy, second: LoadedPolicy, scenario: Scenario): Case {
  const detail = differenceBetween(first.subject(), second.subject(), scenario);
  if (detail === null) {
    const what = 'the difference does not show when its case is run again';
    throw new CannotTell(`${first.name} and ${second.name}: ${what}: one of them keeps state`);
  }
  const observed = wrapWords(detail, OBSERVED_COLUMNS);
  return { policy: first.name, property: null, scenario, observed, certificate: [] };
}

function documentOf(
  first: LoadedPolicy,
  second: LoadedPolicy,
  seed: number,
  { coverage }: Conformance,
  difference: Case | null,
) {
  return {
    policies: [first.name, second.name],
    verdict: difference === null ? 'same' : 'different',
    seed,
    operations: coverage.total,
    machines: coverage.machines,
    ...(difference === null
      ? {}
      : { difference: difference.observed.join(' '), case: printCase(difference) }),
    coverage: {
      blocks: Object.fromEntries(coverage.blocks),
      cpus: Object.fromEntries(coverage.cpus),
      vmalloc: Object.fromEntries(coverage.spaces),
      operations: Object.fromEntries(coverage.operations),
      failures: Object.fromEntries(coverage.failures),
      events: Object.fromEntries(coverage.events),
      tracepoints: Object.fromEntries(coverage.tracepoints),
      never: coverage.neverReached(),
    },
  };
}
