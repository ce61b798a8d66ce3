import { type Case, FORMAT_VERSION } from './case.ts';
import { printMachineSpec } from './machine-text.ts';
import { printOperation } from './operation-print.ts';
import type { Scenario } from './scenario.ts';
import { printTurn, TaskTexts } from './schedule-text.ts';

const KEY_COLUMNS = 10;
/** What fits a mail and can still be quoted in one. */
const MAX_COLUMNS = 72;
const INDENT = '  ';

/**
 * Prints a case in its one canonical form, with a newline at the end. A case that `parseCase` gave
 * is given back by it; a case that was put together otherwise is, if it is a valid one.
 */
export function printCase(one: Case): string {
  const lines = [`vmapcheck case ${FORMAT_VERSION}`];
  if (one.policy !== null) lines.push(keyed('policy', one.policy));
  if (one.property !== null) lines.push(keyed('property', one.property));
  for (const words of wrapped(printMachineSpec(one.scenario.machine))) {
    lines.push(keyed('machine', words));
  }
  for (const task of one.scenario.tasks) {
    lines.push(`task on cpu${task.cpu}`);
    for (const operation of task.operations) lines.push(`  ${printOperation(operation)}`);
  }
  lines.push(...scheduleLines(one.scenario));
  for (const text of one.observed) lines.push(keyed('observed', text));
  for (const text of one.certificate) lines.push(keyed('certificate', text));
  lines.push('end', '');
  return lines.join('\n');
}

function scheduleLines({ tasks, schedule }: Scenario): string[] {
  if (schedule === undefined) return [];
  const texts = new TaskTexts(tasks);
  const turns = schedule.flatMap((turn) => printTurn(turn, texts, MAX_COLUMNS - INDENT.length));
  return ['schedule', ...turns.map((line) => INDENT + line)];
}

function keyed(key: string, text: string): string {
  return `${key.padEnd(KEY_COLUMNS - 1)} ${text}`.trimEnd();
}

/** Parts words into lines that fit beside a key. */
function wrapped(words: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && longer.length > MAX_COLUMNS - KEY_COLUMNS) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  lines.push(line);
  return lines;
}
