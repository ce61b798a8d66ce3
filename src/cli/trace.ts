import { basename, resolve } from 'node:path';
import { properties } from '../../properties/index.ts';
import { NODE_FILE_CALLS, writeAtomically } from '../counterexample/atomic-write.ts';
import { type TraceReport, traceReportText } from '../report/kernel-trace-text.ts';
import { tracePicture } from '../report/picture/trace-picture.ts';
import { shown } from '../scenario/errors.ts';
import type { LoadedPolicy } from '../subject/load-policy.ts';
import { lineIn, thrownText } from '../subject/policy-error.ts';
import { SubjectCrash } from '../subject/subject-crash.ts';
import { checkTrace } from '../trace/check/check-trace.ts';
import type { KernelTrace } from '../trace/event.ts';
import { policyOfKernel } from '../trace/policy-of.ts';
import { type Replay, replayTrace } from '../trace/replay/replay.ts';
import { onlyPositional, readArguments } from './arguments.ts';
import { UsageError } from './errors.ts';
import { EXIT, type Io, type Verb } from './io.ts';
import { traceReportDocument } from './kernel-trace-document.ts';
import { openPolicy } from './subjects.ts';
import { readTraceFile } from './trace-file.ts';

/** `vmapcheck trace` */
export const trace: Verb = {
  help: `Usage: vmapcheck trace FILE [--policy POLICY] [--svg OUT] [--json]

Replays what was recorded of a real kernel (format vmtrace-1, gzip or plain; traces/ has two)
through a policy, in the recorded order. The model is told what was asked - sizes, alignments,
ranges, CPUs, which area is freed - and what it does is held against what the kernel did: every
address, pool, lazy count, flush range, purge, merge and snapshot. The record itself is judged by
the properties that it can decide.

  --policy POLICY   replay through this one, not the version of the recorded kernel
  --svg OUT         draw what was recorded into a file: flushes, lazy backlog, address space
  --json            one JSON document on standard output

Exits with 0 if everything matches, 1 if not or if the record violates a safety property, 2 if the
record was cut short, 64 if it is damaged.
`,
  async run(args, io) {
    const given = readArguments(args, { policy: 'text', svg: 'text' });
    const file = onlyPositional(given, 'file');
    const begun = io.now();
    const read = await readTraceFile(file, io.cwd);
    const opened = io.now();
    const policy = await openPolicy(given.one('policy') ?? defaultPolicy(read), io);
    const loaded = io.now();
    const replay = replayed(policy, read, io);
    const replayedAt = io.now();
    const verdict = checkTrace(read);
    const report: TraceReport = {
      file: basename(file),
      trace: read,
      policy: policy.name,
      title: policy.title,
      expected: await expectedOfKernel(read, io),
      replay,
      verdict,
      durations: {
        read: opened - begun,
        replay: replayedAt - loaded,
        check: io.now() - replayedAt,
      },
    };
    const picture = given.one('svg');
    if (picture !== null) writePicture(picture, tracePicture(report.file, read), io.cwd);
    if (given.json) io.stdout(`${JSON.stringify(traceReportDocument(report), null, 2)}\n`);
    else io.stdout(traceReportText(report));
    return exitCode(report);
  },
};

function writePicture(file: string, svg: string, cwd: string): void {
  try {
    writeAtomically(resolve(cwd, file), svg, NODE_FILE_CALLS);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${file}: cannot be written: ${why}`, { cause: error });
  }
}

function defaultPolicy({ header }: KernelTrace): string {
  const name = policyOfKernel(header.kernel);
  if (name !== null) return name;
  throw new UsageError(`no version models kernel ${shown(header.kernel)}; --policy POLICY does`);
}

/** What is known of the recorded kernel's version. */
async function expectedOfKernel(
  { header }: KernelTrace,
  io: Io,
): Promise<LoadedPolicy['expected']> {
  const name = policyOfKernel(header.kernel);
  return name === null ? {} : (await openPolicy(name, io)).expected;
}

/** What a policy's own code throws, and no kernel does, is no divergence. */
function replayed(policy: LoadedPolicy, read: KernelTrace, { cwd }: Io): Replay {
  if (policy.kernelClass === undefined) {
    throw new UsageError(`${policy.name}: only policies in TypeScript can replay a trace`);
  }
  try {
    return replayTrace(policy.kernelClass(), read);
  } catch (error) {
    const line = lineIn(resolve(cwd, policy.name), error);
    if (line === null) throw error;
    const where = `${policy.name}: replaying fails: ${thrownText(error)} (line ${line})`;
    throw new SubjectCrash(where, { cause: error });
  }
}

function exitCode({ trace: read, replay, verdict, expected }: TraceReport): number {
  const isSafety = (name: string): boolean =>
    properties.some((property) => property.name === name && property.kind === 'safety');
  const unsafe = verdict.findings.some(
    ({ property, violations }) =>
      violations > 0 && isSafety(property) && expected[property]?.verdict !== 'violated',
  );
  if (replay.first !== null || unsafe) return EXIT.violated;
  return read.complete ? EXIT.holds : EXIT.cannotTell;
}
