import { NOTHING_VERIFIED, Verification } from '../explore/verification.ts';
import { ProgramList, type ProgramViolation } from '../explore/verify-programs.ts';
import { DEFAULT_BUDGET } from '../minimize/small-scope.ts';
import { mailText } from '../report/mail-text.ts';
import {
  type Verified,
  verdictOf,
  verificationDocument,
  verificationText,
} from '../report/verification-text.ts';
import { printCase } from '../scenario/case-print.ts';
import type { LoadedPolicy } from '../subject/load-policy.ts';
import { onlyPositional, readArguments } from './arguments.ts';
import { EXIT, type Verb } from './io.ts';
import { reducedCase } from './reduced-case.ts';
import { openPolicy, propertyNamed } from './subjects.ts';
import { tellCase } from './told-case.ts';
import { toldDocument } from './trace-document.ts';
import { localExplorer, workerExplorer } from './verify-explorers.ts';
import {
  DEFAULT_LIMIT,
  DEFAULT_MACHINE_SPEC,
  DEFAULT_OPS,
  DEFAULT_TASKS,
  readVerifyOptions,
  VERIFY_OPTIONS,
  type VerifyOptions,
} from './verify-options.ts';
import { exploreAll } from './verify-run.ts';
import { identityOf, readState, writeState } from './verify-state.ts';

const PROGRAMS_OF_A_BATCH = 8;

const EXIT_OF = {
  violated: EXIT.violated,
  holds: EXIT.holds,
  unfinished: EXIT.cannotTell,
} as const;

/** `vmapcheck verify` */
export const verify: Verb = {
  help: `Usage: vmapcheck verify POLICY [options]

Goes through every small program of several tasks, up to symmetry, the shortest first, and through
every interleaving of each, up to the order of steps that commute. Ends with the first violation,
shrunk and printed with its schedule as "vmapcheck replay" takes it, or with "holds, complete", or
with how much was covered.

A task makes 1 to --ops of these calls: vm_map_ram(1), vm_unmap_ram, vmalloc(1), with
VM_FLUSH_RESET_PERMS or without, vfree, vm_unmap_aliases(), vread of the first two pages, and
shrink(), of which there is none before v6.9. A task gives back areas of its own and of tasks before
it. The areas of a program are all of one kind; vread or shrink is there once at most. Tasks are on
all CPUs of the machine, in every order. Work items are tasks of their own. Any CPU may fill its TLB
at any time: there is no need for an operation that does.

  --tasks N         tasks of a program (${DEFAULT_TASKS})
  --ops N           operations of a task at most (${DEFAULT_OPS})
  --calls A,B,...   vm_map_ram, vmalloc, vmalloc-reset-perms, vm_unmap_aliases, vread, shrink
                    (all but shrink)
  --machine TEXT    as in a case; may be repeated
                    (${DEFAULT_MACHINE_SPEC})
  --property NAME   watch this property; may be repeated (every safety one)
  --keep-going      after a violation go on without that property
  --limit N         interleavings of one program at most (${DEFAULT_LIMIT})
  --stop-after N    programs to explore this time at most
  --minutes N       minutes to spend at most
  --jobs N          threads to use (as many as there are CPUs); the verdict and the
                    counterexample do not depend on it
  --state FILE      go on from there, if the file is there, and write down there how far
                    it has come: at the end, after Ctrl-C, and every few seconds
  --certify N       runs to spend on the certificate that nothing smaller violates; 0: none
                    (${DEFAULT_BUDGET})
  --patch FILE      apply this patch to linux:PATH first; may be repeated
  --json            one JSON document on standard output

Exits with 1 if a property is violated, with 0 if none is in any program, and with 2 if that could
not be told.
`,
  async run(args, io) {
    const given = readArguments(args, VERIFY_OPTIONS);
    const argument = onlyPositional(given, 'policy');
    const options = readVerifyOptions(given, io.cwd);
    const { domain, limit, jobs, stateFile } = options;
    const task = { policy: argument, patches: given.all('patch'), cwd: io.cwd, domain, limit };
    const policy = await openPolicy(argument, io, task.patches);
    const state =
      stateFile === null ? null : { ...stateFile, of: identityOf(policy, task, options) };
    const before = (state === null ? null : readState(state)) ?? NOTHING_VERIFIED;
    const verification = new Verification(
      options.properties.map(({ name }) => name),
      options.keepsGoing,
      before,
      // A thread is told to stop, this one has to look whether it is.
      { until: before.next + options.stopAfter, batch: jobs === 1 ? 1 : PROGRAMS_OF_A_BATCH },
    );
    const save = (): void => {
      if (state !== null) writeState(state, verification.progress);
    };
    save();
    const explorers =
      jobs === 1
        ? [localExplorer(policy.subject(), task)]
        : Array.from({ length: jobs }, () => workerExplorer(task));
    try {
      await exploreAll(verification, explorers, options.minutes, save, io);
    } finally {
      await Promise.all(explorers.map((explorer) => explorer.close()));
      save();
    }
    const verified = verifiedBy(policy, verification, options);
    const told = verified.progress.violations.map((one) => tellViolation(policy, options, one));
    if (given.json) {
      const documents = told.map(({ document }) => document);
      io.stdout(`${JSON.stringify(verificationDocument(verified, documents), null, 2)}\n`);
    } else {
      io.stdout(verificationText(verified) + told.map(({ text }) => text).join(''));
    }
    return EXIT_OF[verdictOf(verified)];
  },
};

function verifiedBy(
  policy: LoadedPolicy,
  { progress }: Verification,
  { domain, properties, limit, keepsGoing }: VerifyOptions,
): Verified {
  const names = properties.map(({ name }) => name);
  const sizeLeft = new ProgramList(domain).at(progress.next)?.size ?? null;
  return { policy: policy.name, domain, properties: names, limit, progress, keepsGoing, sizeLeft };
}

/** A violation as its smallest counterexample. */
function tellViolation(
  policy: LoadedPolicy,
  { domain, budget }: VerifyOptions,
  { property, program, schedule }: ProgramViolation,
): { readonly text: string; readonly document: object } {
  const found = new ProgramList(domain).at(program);
  if (found === null) throw new RangeError(`there is no program ${program}`);
  const violation = { property: propertyNamed(property), schedule };
  const one = reducedCase(policy, found.scenario, violation, budget).counterexample;
  const told = tellCase(one, policy, 'the counterexample');
  const document = { property, program, case: printCase(one), execution: toldDocument(told) };
  return { text: `\n${mailText(told)}`, document };
}
