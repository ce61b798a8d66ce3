import type { Bug } from '../test/quality/bug.ts';
import { concurrentBugs } from '../test/quality/concurrent.ts';
import { sequentialBugs } from '../test/quality/sequential.ts';
import { isReached, type Quality, qualityOf, sizeOf, WANTED } from '../test/quality/tally.ts';

/** `npm run quality -- [SEEDS] [TEXT]`: all bugs, or those whose property or name has the text. */
const [given = '100', text = ''] = process.argv.slice(2);
const seeds = Number(given);
if (!Number.isInteger(seeds) || seeds < 1) throw new RangeError(`${given} is no number of seeds`);

const COLUMNS = [22, 52, 4, 6, 6] as const;

console.log(`A violation from each of ${seeds} seeds, minimised. ops: operations of the simplest`);
console.log('ending; least: seeds that end there, to the letter; short: with as few operations;');
console.log(
  'certified: every shorter program of these kinds of operation was tried, and how many.\n',
);
console.log(line('property', 'bug', 'ops', 'least', 'short', 'certified'));
const qualities: Quality[] = [];
for (const bug of [...sequentialBugs, ...concurrentBugs]) {
  if (`${bug.property} ${bug.name}`.includes(text)) qualities.push(told(bug));
}
const reached = qualities.filter(isReached).length;
const wanted = `${100 * WANTED} % of the seeds at the certified minimum`;
console.log(`\n${reached} of ${qualities.length} bugs: ${wanted}.`);

function told(bug: Bug): Quality {
  const quality = qualityOf(bug, seeds);
  const { least, certified, atLeast, asShort } = quality;
  const scope = certified === null ? 'no' : `${certified.alphabet}, ${certified.programs}`;
  const short = bug.name.slice(0, COLUMNS[1]);
  console.log(line(bug.property, short, sizeOf(least.scenario), atLeast, asShort, scope));
  return quality;
}

function line(...cells: readonly (string | number)[]): string {
  return cells
    .map((cell, column) => {
      const width = COLUMNS[column] ?? 0;
      return typeof cell === 'number' ? `${cell}`.padStart(width) : cell.padEnd(width);
    })
    .join(' ');
}
