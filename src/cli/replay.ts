import { mailText } from '../report/mail-text.ts';
import { markdownText } from '../report/markdown.ts';
import type { Told } from '../report/told.ts';
import { COLUMNS, wrapWords } from '../report/words.ts';
import type { Case } from '../scenario/case.ts';
import { printCase } from '../scenario/case-print.ts';
import { shown } from '../scenario/errors.ts';
import type { LoadedPolicy } from '../subject/load-policy.ts';
import { SubjectCrash } from '../subject/subject-crash.ts';
import { onlyPositional, readArguments } from './arguments.ts';
import { readCases } from './case-file.ts';
import { CannotTell, Expired, UsageError } from './errors.ts';
import { EXIT, type Io, type Verb } from './io.ts';
import { openPolicy } from './subjects.ts';
import { differencesBetween, isViolated, tellCase } from './told-case.ts';
import { toldDocument } from './trace-document.ts';

/** `vmapcheck replay` */
export const replay: Verb = {
  help: `Usage: vmapcheck replay FILE|- [options]

Runs every case of a text, says of each whether it is still violated, fixed or expired, and shows
what happens and why. The text may be a mail: what stands around the cases is not looked at, they
may be quoted with "> " or "| ", and lines that were folded on the way are joined again. "-" is
standard input. A case of several tasks is run by the schedule it has.

  --policy POLICY   run the cases on this policy, whatever policy they name
  --against POLICY  say also where this policy first does something else
  --patch FILE      apply this patch to linux:PATH first; may be repeated
  --format FORM     mail: plain text of 72 columns; markdown; case: the case alone (mail)
  --json            one JSON document on standard output

Exits with 1 if the property a case names is violated; for a case that names none, if any safety
property is. Exits with 2 if that cannot be told, as a case has expired: its policy or property is
gone, or the policy does not come by a point that the schedule names. Of several cases the highest
exit code counts.
`,
  async run(args, io) {
    const given = readArguments(args, {
      policy: 'text',
      against: 'text',
      patch: 'many',
      format: 'text',
    });
    const file = onlyPositional(given, 'file');
    const print = formOf(given.one('format') ?? 'mail');
    const cases = await readCases(file, io);
    const shelf = new Shelf(io, given.all('patch'));
    const asked = { policy: given.one('policy'), against: given.one('against') };
    const replayed: Replayed[] = [];
    for (const [index, { one, line }] of cases.entries()) {
      const isOnly = cases.length === 1;
      const name = isOnly ? 'The case' : `Case ${index + 1} of ${cases.length}`;
      const which = { name, place: `${isOnly ? 'the case' : `case ${index + 1}`} of line ${line}` };
      replayed.push(await replayOne(one, asked, shelf, which, isOnly));
    }
    if (given.json) {
      io.stdout(`${JSON.stringify({ cases: replayed.map(documentOf) }, null, 2)}\n`);
    } else {
      io.stdout(replayed.map((one) => print(one)).join('\n'));
    }
    return Math.max(...replayed.map(({ code }) => code));
  },
};

/** What became of one case. `told` is null where it could not be told. */
interface Replayed {
  /** `Case 1 of 2 on v6.4: still violated`. */
  readonly heading: string;
  readonly status: string;
  readonly reason: string | null;
  readonly told: Told | null;
  readonly code: number;
}

interface Asked {
  readonly policy: string | null;
  readonly against: string | null;
}

/** What a case is called in the heading, and in errors. */
interface Which {
  readonly name: string;
  readonly place: string;
}

/** Policies, each opened once. */
class Shelf {
  readonly #io: Io;
  readonly #patches: readonly string[];
  readonly #opened = new Map<string, LoadedPolicy>();

  constructor(io: Io, patches: readonly string[]) {
    this.#io = io;
    this.#patches = patches;
  }

  async get(name: string): Promise<LoadedPolicy> {
    const policy = this.#opened.get(name) ?? (await openPolicy(name, this.#io, this.#patches));
    this.#opened.set(name, policy);
    return policy;
  }
}

/** `isOnly`: the only case of the text. Of several, one that cannot be told keeps none from it. */
async function replayOne(
  one: Case,
  asked: Asked,
  shelf: Shelf,
  which: Which,
  isOnly: boolean,
): Promise<Replayed> {
  const name = asked.policy ?? one.policy;
  if (name === null) throw new UsageError(`${which.place} names no policy; --policy POLICY does`);
  const head = `${which.name} on ${name}`;
  try {
    const policy = await policyFor(one, asked, shelf, which.place);
    const told = tellCase(one, policy, which.place);
    const other = await otherPolicy(one, asked, shelf, name);
    // The policy that the case was found on comes first.
    const [first, second] = asked.against === null ? [other, policy] : [policy, other];
    const differences =
      first === null || second === null ? [] : differencesBetween(told, first, second);
    const violated = isViolated(told);
    const isOwn = one.property !== null && one.policy === name;
    const status = isOwn
      ? violated
        ? 'still violated'
        : 'fixed'
      : violated
        ? 'violated'
        : 'holds';
    return {
      heading: `${head}: ${status}`,
      status,
      reason: null,
      told: { ...told, differences },
      code: violated ? EXIT.violated : EXIT.holds,
    };
  } catch (error) {
    if (isOnly || !(error instanceof CannotTell || error instanceof SubjectCrash)) throw error;
    const status = error instanceof Expired ? 'expired' : 'cannot tell';
    const reason = error instanceof Expired ? error.reason : error.message;
    const heading = `${head}: ${status}: ${reason}`;
    return { heading, status, reason, told: null, code: EXIT.cannotTell };
  }
}

/** A policy that a case names and that is not there has gone; one that the user names is a slip. */
async function policyFor(one: Case, asked: Asked, shelf: Shelf, place: string) {
  if (asked.policy !== null || one.policy === null) return await shelf.get(asked.policy ?? '');
  try {
    return await shelf.get(one.policy);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new Expired(place, '', error.message, { cause: error });
  }
}

/** The policy to hold the run against: the one asked for, else that which the case was found on. */
async function otherPolicy(
  one: Case,
  asked: Asked,
  shelf: Shelf,
  name: string,
): Promise<LoadedPolicy | null> {
  if (asked.against !== null) return await shelf.get(asked.against);
  if (one.policy === null || one.policy === name) return null;
  try {
    return await shelf.get(one.policy);
  } catch (error) {
    if (error instanceof UsageError || error instanceof SubjectCrash) return null;
    throw error;
  }
}

type Print = (replayed: Replayed) => string;

const FORMS: Readonly<Record<string, Print>> = {
  mail: ({ heading, told }) =>
    `${wrapWords(heading, COLUMNS, 2).join('\n')}\n${told === null ? '' : `\n${mailText(told)}`}`,
  markdown: ({ heading, told }) =>
    `### ${heading}\n${told === null ? '' : `\n${markdownText(told)}`}`,
  case: ({ heading, told }) => `# ${heading}\n${told === null ? '' : printCase(told.one)}`,
};

function formOf(name: string): Print {
  const print = Object.hasOwn(FORMS, name) ? FORMS[name] : undefined;
  if (print !== undefined) return print;
  throw new UsageError(`--format: ${shown(name)} is none of ${Object.keys(FORMS).join(', ')}`);
}

function documentOf({ status, reason, told }: Replayed): object {
  return told === null ? { status, reason } : { status, ...toldDocument(told) };
}
