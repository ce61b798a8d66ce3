import type { Expectation } from '../../models/policies/policy.ts';
import type { CheckReport, Verdict } from '../explore/check.ts';
import { tableText } from './table.ts';
import { counted, grouped, wrapWords } from './words.ts';

const COLUMNS = 100;

/** What was checked, for the heading of a check's report. */
export interface Checked {
  readonly policy: string;
  readonly title: string;
  readonly seed: number;
  /** Tasks that ran beside each other. */
  readonly tasks: number;
  /** Operations of the longest scenario. */
  readonly maxOps: number;
  readonly expected: Readonly<Record<string, Expectation>>;
  /** Whether the counterexample of this violation follows. */
  isShown(verdict: Verdict): boolean;
}

/** The verdict on each property, a row each; with who says so where a violation is known. */
export function checkText(checked: Checked, report: CheckReport): string {
  const { policy, title, seed, tasks, maxOps } = checked;
  const runs = counted(report.runs, 'run').replace(`${report.runs}`, grouped(report.runs));
  const inTasks = tasks > 1 ? ` in ${tasks} tasks` : '';
  const heading =
    `${policy} (${title}): ${runs} of up to ${counted(maxOps, 'operation')}${inTasks}, ` +
    `${grouped(report.operations)} in all, seed ${seed}`;
  const rows = report.verdicts.map((verdict) => [
    verdict.property.name,
    verdict.property.kind,
    verdictText(checked, verdict),
  ]);
  const titles = [{ title: 'property' }, { title: 'kind' }, { title: 'verdict' }];
  const table = tableText(titles, rows, COLUMNS);
  const verdict = wrapWords(newsText(checked, report), COLUMNS, 2).join('\n');
  return `${wrapWords(heading, COLUMNS, 2).join('\n')}\n\n${table}\n${verdict}\n`;
}

/** What this check says that was not expected of the policy, or of what it is built on. */
function newsText({ expected }: Checked, { verdicts }: CheckReport): string {
  const isKnown = (name: string): boolean => expected[name]?.verdict === 'violated';
  const news = verdicts.filter(
    ({ property, verdict }) => verdict === 'violated' && !isKnown(property.name),
  );
  const gone = verdicts.filter(
    ({ property, verdict }) => verdict === 'holds' && isKnown(property.name),
  );
  const names = (some: readonly Verdict[]): string =>
    some.map(({ property }) => property.name).join(', ');
  const found = news.length === 0 ? 'Nothing violated that was not known.' : '';
  const unknown = news.length === 0 ? '' : `Not known before: ${names(news)}.`;
  const missed = gone.length === 0 ? '' : `Known and not found: ${names(gone)}.`;
  return [found, unknown, missed].filter((text) => text !== '').join(' ');
}

function verdictText(checked: Checked, verdict: Verdict): string {
  const { name } = verdict.property;
  if (verdict.verdict === 'holds') return 'holds';
  const length = counted(operationsOf(verdict), 'operation');
  const lines = [`violated, in ${length} (run ${grouped(verdict.run)})`];
  const known = checked.expected[name];
  if (known?.verdict === 'violated') lines.push(`known: ${known.source}`);
  if (!checked.isShown(verdict)) lines.push(`a finding: --property ${name} shows it`);
  return lines.join('\n');
}

/** How many operations the scenario of a violation has. */
export function operationsOf(verdict: Extract<Verdict, { verdict: 'violated' }>): number {
  return verdict.scenario.tasks.reduce((sum, task) => sum + task.operations.length, 0);
}
