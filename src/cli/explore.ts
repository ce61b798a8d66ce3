import type { Property } from '../../properties/property.ts';
import { explore as exploreScenario } from '../explore/explore.ts';
import type { Exploration, Strategy } from '../explore/explorer.ts';
import { DEFAULT_BUDGET } from '../minimize/small-scope.ts';
import { explorationText } from '../report/exploration-text.ts';
import { mailText } from '../report/mail-text.ts';
import { printCase } from '../scenario/case-print.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { LoadedPolicy } from '../subject/load-policy.ts';
import { positionals, readArguments } from './arguments.ts';
import { readCase } from './case-file.ts';
import { refuseTooLarge } from './case-size.ts';
import { readBudget } from './check-options.ts';
import {
  DEFAULT_BOUND,
  DEFAULT_DEPTH,
  DEFAULT_LIMIT,
  DEFAULT_SEED,
  EXPLORE_OPTIONS,
  readLimit,
  readProperties,
  readStrategy,
} from './explore-options.ts';
import { EXIT, type Io, type Verb } from './io.ts';
import { Progress } from './progress.ts';
import { reducedCase } from './reduced-case.ts';
import { openPolicy } from './subjects.ts';
import { tellCase } from './told-case.ts';
import { toldDocument } from './trace-document.ts';

const EXIT_OF = {
  violated: EXIT.violated,
  holds: EXIT.holds,
  unfinished: EXIT.cannotTell,
} as const;

/** `vmapcheck explore` */
export const explore: Verb = {
  help: `Usage: vmapcheck explore POLICY FILE|- [options]

Runs the tasks of a case in many interleavings: at every scheduling point (a lock, an atomic, a
READ_ONCE, an RCU step, a page-table write, one CPU's share of a flush) another task may go on. A
violation is shrunk, and printed with its schedule as "vmapcheck replay" takes it. "-" is standard
input; a schedule that the case has is not looked at. With linux-every-access:PATH as the policy,
every load and store of the mm/vmalloc.c of a kernel tree is such a point too.

  --property NAME   watch this property; may be repeated (that of the case, or every safety one)
  --strategy NAME   dpor: every interleaving, up to the order of steps that commute
                    bounded: every interleaving with few preemptions, the fewest first
                    pct: random priorities, changed at few random steps
                    random: any task at every step (dpor)
  --bound N         preemptions of an interleaving at most, for bounded (${DEFAULT_BOUND})
  --depth N         ordered steps that a bug needs, for pct (${DEFAULT_DEPTH})
  --limit N         interleavings to run at most (${DEFAULT_LIMIT})
  --seed N          the same seed gives the same interleavings, for pct and random (${DEFAULT_SEED})
  --certify N       runs to spend on a simpler counterexample than shrinking came to, or on
                    certifying that there is none in a small scope (${DEFAULT_BUDGET})
  --json            one JSON document on standard output

Exits with 1 if a property is violated, with 0 if none is in any interleaving of the strategy, and
with 2 if the limit was reached before that could be told.
`,
  async run(args, io) {
    const given = readArguments(args, EXPLORE_OPTIONS);
    const [name = '', file = ''] = positionals(given, ['policy', 'file']);
    const strategy = readStrategy(given);
    const limit = readLimit(given);
    const budget = readBudget(given);
    const policy = await openPolicy(name, io);
    const one = await readCase(file, io);
    refuseTooLarge(one.scenario, 'the case');
    const watched = readProperties(given, one.property);
    const { machine, tasks } = one.scenario;
    const scenario = { machine, tasks };
    const explored = exploreWithProgress(policy, scenario, { strategy, limit, watched }, io);
    const found =
      explored.verdict === 'violated' ? reducedCase(policy, scenario, explored, budget) : null;
    const told =
      found === null ? null : tellCase(found.counterexample, policy, 'the counterexample');
    if (given.json) {
      const document = {
        policy: policy.name,
        verdict: explored.verdict,
        properties: watched.map((property) => property.name),
        strategy,
        interleavings: explored.interleavings,
        steps: explored.steps,
        ...(found === null
          ? {}
          : {
              certificate: found.certificate,
              case: printCase(found.counterexample),
              execution: told === null ? null : toldDocument(told),
            }),
      };
      io.stdout(`${JSON.stringify(document, null, 2)}\n`);
    } else {
      io.stdout(explorationText(policy.name, watched, strategy, explored));
      if (told !== null) io.stdout(`\n${mailText(told)}`);
    }
    return EXIT_OF[explored.verdict];
  },
};

interface Asked {
  readonly strategy: Strategy;
  readonly limit: number;
  readonly watched: readonly Property[];
}

function exploreWithProgress(
  policy: LoadedPolicy,
  scenario: Scenario,
  { strategy, limit, watched }: Asked,
  io: Io,
): Exploration {
  const progress = new Progress(io, limit, 'interleavings at most');
  try {
    return exploreScenario(policy.subject(), scenario, {
      strategy,
      limit,
      properties: watched,
      onProgress: (interleavings) => progress.done(interleavings),
    });
  } finally {
    progress.close();
  }
}
