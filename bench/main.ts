import { cpus } from 'node:os';
import { allocationsAmong, largeFlush } from './address-space.ts';
import { checkedOperations } from './checked.ts';
import { firstCounterexamples, interleavings, reductions } from './interleavings.ts';
import { type Figure, yardstick } from './measure.ts';

const unit = yardstick();

function show({ name, perSecond, aim }: Figure): void {
  const figure = Math.round(perSecond).toLocaleString('en').padStart(12);
  const ratio = (perSecond / unit.perSecond).toPrecision(3).padStart(10);
  const aimed = aim === null ? '' : `  aim ${aim.toLocaleString('en')}`;
  console.log(`${name.padEnd(56)}${figure} /s${ratio}${aimed}`);
}

console.log(`${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} CPUs, Node ${process.version}`);
console.log('Per second of one core, best of three; the second column is in yardsticks.\n');
show(unit);
for (const figure of checkedOperations()) show(figure);
for (const areas of [10_000, 1_000_000]) show(allocationsAmong(areas));
for (const count of [4, 512]) show(largeFlush(count));
for (const figure of interleavings()) show(figure);

console.log('\nInterleavings, and how many of them DPOR runs (~: estimated)');
for (const { name, naive, isEstimate, reduced } of reductions()) {
  const all = isEstimate ? `~${naive.toExponential(1)}` : naive.toLocaleString('en');
  const left = reduced.toLocaleString('en');
  const factor = (naive / reduced).toPrecision(2);
  console.log(`${name.padEnd(40)}${all.padStart(12)}${left.padStart(8)}  1 of ${factor}`);
}

console.log('\nTo the first counterexample of each bug that takes two tasks');
const found = firstCounterexamples();
for (const { name, interleavings: runs, seconds } of found) {
  const ms = (seconds * 1000).toFixed(0);
  console.log(`${name.slice(0, 72).padEnd(74)}${String(runs).padStart(6)}${ms.padStart(8)} ms`);
}
const sorted = found.map(({ seconds }) => seconds).sort((a, b) => a - b);
const median = sorted[sorted.length >> 1] ?? Number.NaN;
console.log(`median ${(median * 1000).toFixed(0)} ms of ${sorted.length}  aim 1,000 ms`);
