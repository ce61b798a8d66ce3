import { rangeText } from '../../scenario/page-text.ts';
import { callsOf, covers, freeingOf, inFunction, pathText } from './functions.ts';
import { operationAt, type Story } from './story.ts';
import type { Happening, Witness, WitnessedStep, WitnessedViolation } from './witness.ts';

/** A flush of what need not be flushed: what its range was put together from. */
export const flushStory: Story = (seen, step, violation) => {
  const { at, happening, page, pageName } = violation;
  if (happening?.kind !== 'flushes') return [];
  const range = rangeText(happening.start, happening.end);
  const by = inFunction(happening.within);
  const earlier = page === null ? [] : earlierFlush(seen, at, page, pageName);
  if (earlier.length > 1) return [`${operationAt(at)} flushes ${range}${by}.`, ...earlier];
  const parts = partsOf(seen, step, happening);
  if (!isHull(parts, happening)) return [...earlier, `${operationAt(at)} flushes ${range}${by}.`];
  return [
    ...earlier,
    `Policy and promise part in operation ${at + 1},${by}: it flushes ${partsText(parts)}.`,
  ];
};

/** Pages that a flush had to cover, or was made to. */
interface Part {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What the kernel had in its books before a flush, and what became dirty on the way to it. */
function partsOf({ run }: Witness, step: WitnessedStep, flush: Happening): Part[] {
  const { happenings, before, functions } = step;
  const earlier = happenings.slice(0, happenings.indexOf(flush));
  const size = run.machine.vmapBbmapBits;
  const purged = new Set<number>();
  for (const { name, block } of callsOf(functions)) {
    if (name === 'free_vmap_block' && block !== null) purged.add(block);
  }
  const parts: Part[] = [];
  for (const start of purged) {
    parts.push({ start, end: start + size, text: `all of block ${start}, thrown away` });
  }
  const looked = new Set(earlier.flatMap((one) => (one.kind === 'locks' ? [one.start] : [])));
  for (const { start, dirtyMin, dirtyMax } of before.blocks.values()) {
    if (!looked.has(start) || purged.has(start) || dirtyMin >= dirtyMax) continue;
    parts.push({
      start: start + dirtyMin,
      end: start + dirtyMax,
      text: `dirty_min ${dirtyMin} to dirty_max ${dirtyMax} of block ${start}`,
    });
  }
  for (let i = 0; i < before.lazy.length; i += 2) {
    const [start = 0, end = 0] = before.lazy.slice(i, i + 2);
    parts.push({ start, end, text: `the lazy area ${rangeText(start, end)}` });
  }
  for (const { kind, start, end } of earlier) {
    if (kind !== 'clears') continue;
    parts.push({ start, end, text: rangeText(start, end) });
  }
  return parts;
}

/** Whether a flush is exactly the hull of its parts; an area's guard page may come on top. */
function isHull(parts: readonly Part[], flush: Happening): boolean {
  if (parts.length === 0) return false;
  const start = Math.min(...parts.map((part) => part.start));
  const end = Math.max(...parts.map((part) => part.end));
  return start === flush.start && (end === flush.end || end + 1 === flush.end);
}

function partsText(parts: readonly Part[]): string {
  const texts = [...new Set(parts.map(({ text }) => text))];
  return texts.length === 1 ? `${texts[0]}` : `one hull over ${texts.join(' and ')}`;
}

/** The flush that the page had already had, and what was left behind for the next to find. */
function earlierFlush(
  { run, steps }: Witness,
  at: number,
  page: number,
  pageName: string,
): string[] {
  for (let index = at; index >= 0; index--) {
    const step = steps[index];
    const flushes = (step?.happenings ?? []).filter(
      (one) => one.kind === 'flushes' && covers(one, page),
    );
    const flush = index === at ? flushes.at(-2) : flushes.at(-1);
    if (step === undefined || flush === undefined) continue;
    const size = run.machine.vmapBbmapBits;
    const block = [...step.after.blocks.values()].find(
      ({ start, dirtyMin, dirtyMax }) =>
        page < start + size && start + dirtyMin <= page && page < start + dirtyMax,
    );
    const by = inFunction(flush.within);
    const head = `${operationAt(index)} had flushed ${pageName}${by}`;
    if (block === undefined) return [`${head}.`];
    const { start, dirtyMin, dirtyMax } = block;
    const left = `left dirty_min ${dirtyMin} and dirty_max ${dirtyMax} of block ${start}`;
    const part = `Policy and promise part${by}`;
    return [`${head}.`, `${part}, which ${left} as they were, for the next flush to find.`];
  }
  return [];
}

/** A block that was given back though it had room. */
export const thrownAwayStory: Story = (
  { run }: Witness,
  step: WitnessedStep,
  { at, page }: WitnessedViolation,
) => {
  const block = page === null ? undefined : step.before.blocks.get(page);
  if (block === undefined) return [];
  const { start, free, dirty } = block;
  const size = run.machine.vmapBbmapBits;
  const freed = freeingOf(step, start);
  const path = freed === null ? '' : `, in ${pathText(freed)}`;
  return [
    `Block ${start} has ${free} of ${size} pages free and ${dirty} dirty, and nothing mapped.`,
    `Policy and promise part in operation ${at + 1}${path}: the block is thrown away, and the ` +
      'next vm_map_ram() needs another.',
  ];
};
