import { pageText, rangeText } from '../../scenario/page-text.ts';
import type { BlockState } from '../trace.ts';
import { counted } from '../words.ts';
import { flushStory, thrownAwayStory } from './flush-stories.ts';
import { covers, freeingOf, inFunction, pathText, spineOf, workerOf } from './functions.ts';
import { operationAt, type Story } from './story.ts';
import type {
  Books,
  FunctionCall,
  Happening,
  Witness,
  WitnessedStep,
  WitnessedViolation,
} from './witness.ts';

/** What is told of a violation of each property; of those that are not named, where it happened. */
const STORIES: Readonly<Record<string, Story>> = {
  'no-stale-alias': staleStory,
  'flush-before-reuse': staleStory,
  'direct-map-perms': staleStory,
  'flush-exact': flushStory,
  'flushed-exactly-once': flushStory,
  'no-premature-purge': thrownAwayStory,
};

/** Why a property is violated, in sentences, from what was seen of the execution. */
export function whySentences(seen: Witness, violation: WitnessedViolation): string[] {
  const step = seen.steps[violation.at];
  if (step === undefined) return [];
  const story = STORIES[violation.property.name] ?? whereStory;
  return story(seen, step, violation);
}

/** Down to which function the operation came. */
function whereStory(
  seen: Witness,
  { step, functions, before, happenings }: WitnessedStep,
  violation: WitnessedViolation,
): string[] {
  const { at, within, page } = violation;
  const call = within ?? spineOf(functions);
  if (call === null) return [];
  const died = 'outcome' in step && step.outcome.status === 'died';
  const block = page === null ? undefined : blockAround(seen, before, page);
  const isUnseen = block !== undefined && !happenings.some((one) => looksAt(one, block.start));
  const end = died
    ? ', where the machine dies'
    : call.failed
      ? ', which returns NULL or an error'
      : '';
  return [
    `Policy and promise part in operation ${at + 1}, in ${pathText(call)}${end}.`,
    ...(isUnseen ? [`The page lies in block ${block.start}, whose lock is not taken.`] : []),
    ...freeText(seen, before, violation),
  ];
}

function looksAt({ kind, start }: Happening, block: number): boolean {
  return kind === 'locks' && start === block;
}

/** The block that a page, vpn, lies in. */
function blockAround({ run }: Witness, { blocks }: Books, page: number): BlockState | undefined {
  const size = run.machine.vmapBbmapBits;
  return [...blocks.values()].find(({ start }) => start <= page && page < start + size);
}

/** Free ranges that are shown before the rest is only counted. */
const RANGES_SHOWN = 4;

/** Where an allocation could have gone, if that is what it is about. */
function freeText(
  { run }: Witness,
  { free }: Books,
  { property: { name } }: WitnessedViolation,
): string[] {
  if (name !== 'no-spurious-failure' && name !== 'first-fit') return [];
  const { vmallocPages } = run.machine;
  const ranges: string[] = [];
  for (let i = 0; i < free.length; i += 2) {
    const [start, end] = [Math.max(free[i] ?? 0, 0), Math.min(free[i + 1] ?? 0, vmallocPages)];
    if (start < end) ranges.push(rangeText(start, end));
  }
  const rest = ranges.length - RANGES_SHOWN;
  const more = rest > 0 ? ` and ${counted(rest, 'range')} more` : '';
  return ranges.length === 0
    ? ['No page is free before it.']
    : [`Free before it: ${ranges.slice(0, RANGES_SHOWN).join(', ')}${more}.`];
}

/** The page that a TLB may still hold: unmapped where, flushed where not, and why not. */
function staleStory(seen: Witness, step: WitnessedStep, violation: WitnessedViolation): string[] {
  const { page, at, holders, pageName } = violation;
  if (page === null) return whereStory(seen, step, violation);
  const cpus = holders.map((cpu) => `cpu${cpu}`).join(', ');
  const isAsked = violation.property.name === 'no-stale-alias';
  const sentences: string[] = [];
  const cleared = lastClear(seen, page, at);
  if (cleared !== null) {
    const { within, index } = cleared;
    const isMissed = isAsked || isFlushedSince(seen, cleared, page);
    sentences.push(
      `P${pageName.slice(1)} (vpn ${pageText(page)}) is stale on ${cpus}: operation ${index + 1} ` +
        `clears its PTE${inFunction(within)}${isMissed ? '' : ', and no flush of it follows'}.`,
    );
  }
  if (isAsked) {
    sentences.push(`${operationAt(at)} has to flush it and ${flushesOf(step)}.`);
  } else {
    sentences.push(`${operationAt(at)} ${reuseOf(violation)} all the same.`);
  }
  return [...sentences, ...whereabouts(seen, step, violation, page)];
}

interface Clear {
  /** Index of the operation. */
  readonly index: number;
  readonly happening: Happening;
  readonly within: FunctionCall | null;
}

function lastClear({ steps }: Witness, page: number, until: number): Clear | null {
  for (let index = until; index >= 0; index--) {
    const happening = steps[index]?.happenings.findLast(
      (one) => one.kind === 'clears' && covers(one, page),
    );
    if (happening !== undefined) return { index, happening, within: happening.within };
  }
  return null;
}

function isFlushedSince({ steps }: Witness, { index, happening }: Clear, page: number): boolean {
  const since = steps.slice(index).flatMap(({ happenings }) => happenings);
  return since
    .slice(since.indexOf(happening))
    .some((one) => one.kind === 'flushes' && covers(one, page));
}

function flushesOf({ happenings }: WitnessedStep): string {
  const flushes = happenings.filter(({ kind }) => kind === 'flushes');
  if (flushes.length === 0) return 'makes no flush';
  const texts = flushes.map(
    ({ start, end, within }) => `${rangeText(start, end)}${inFunction(within)}`,
  );
  return `flushes only ${texts.join(', then ')}`;
}

function reuseOf({ happening, within }: WitnessedViolation): string {
  const isMapped = happening?.kind === 'maps' && within !== null;
  return isMapped ? `maps it again${inFunction(within)}` : 'hands it out again';
}

/** Where the kernel has the page in its books, and whether the call looked there. */
function whereabouts(
  seen: Witness,
  step: WitnessedStep,
  { at }: WitnessedViolation,
  page: number,
): string[] {
  const block = blockAround(seen, step.before, page);
  if (block === undefined) return lazyWhereabouts(step, page);
  const range = `${block.dirtyMin}-${block.dirtyMax}`;
  const hasRange = block.dirtyMin < block.dirtyMax;
  const dirty = hasRange ? `dirty range ${range}` : 'no dirty range';
  const list = block.list < 0 ? offList(seen.steps, block, at) : `on cpu${block.list}'s free list`;
  return [
    `The page lies in block ${block.start}, ${dirty}, ${list}.`,
    ...partingText(step, block, hasRange),
  ];
}

function offList(steps: readonly WitnessedStep[], { start }: BlockState, until: number): string {
  for (let index = until - 1; index >= 0; index--) {
    const { before, after } = steps[index] ?? { before: null, after: null };
    const was = before?.blocks.get(start)?.list ?? -1;
    if (was < 0 || (after?.blocks.get(start)?.list ?? -1) >= 0) continue;
    const call = removalOf(steps[index], start);
    const who = call === null ? '' : `, in ${call.name}()`;
    return `on no free list since operation ${index + 1}${who}`;
  }
  return 'on no free list';
}

/** The function that took a block off its list in a step. */
function removalOf(step: WitnessedStep | undefined, block: number): FunctionCall | null {
  const find = (calls: readonly FunctionCall[]): FunctionCall | null => {
    for (const call of calls) {
      if (call.name === 'vbq_list_del' && call.block === block) return call.parent;
      const found = find(call.children);
      if (found !== null) return found;
    }
    return null;
  };
  return find(step?.functions ?? []);
}

/** What the call did, or did not, about the block the page lies in. */
function partingText(step: WitnessedStep, { start }: BlockState, hasRange: boolean): string[] {
  const freed = freeingOf(step, start);
  if (freed !== null) {
    return [`Policy and promise part after ${pathText(freed)}: the operation ${flushesOf(step)}.`];
  }
  const locks = step.happenings.filter(({ kind }) => kind === 'locks');
  const own = locks.find((lock) => looksAt(lock, start));
  const worker = own?.within ?? locks[0]?.within ?? workerOf(step.functions);
  if (worker === null) return [];
  const head = `Policy and promise part in ${worker.name}():`;
  if (own !== undefined) {
    const what = hasRange ? 'leaves that range out of the flush' : 'finds nothing dirty in it';
    return [`${head} it locks block ${start} and ${what}.`];
  }
  const others = [...new Set(locks.map((lock) => `block ${lock.start}`))];
  const looks = others.length === 0 ? 'no block' : `${others.join(', ')} only`;
  return [`${head} it locks ${looks}, so it cannot see that range.`];
}

function lazyWhereabouts({ before }: WitnessedStep, page: number): string[] {
  for (let i = 0; i < before.lazy.length; i += 2) {
    const [start = 0, end = 0] = before.lazy.slice(i, i + 2);
    if (start <= page && page < end)
      return [`The page lies in the lazy area ${rangeText(start, end)}.`];
  }
  return ['The page lies in no block and in no lazy area.'];
}
