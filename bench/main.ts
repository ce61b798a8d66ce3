import { cpus } from 'node:os';
import { allocationsAmong, largeFlush } from './address-space.ts';
import { checkedOperations } from './checked.ts';
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
