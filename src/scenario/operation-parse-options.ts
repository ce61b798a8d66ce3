import { ScenarioError, shown } from './errors.ts';
import { SCENARIO_LIMITS } from './limits.ts';
import { readNumber } from './number-text.ts';
import type { Operation } from './operation.ts';

const { spacePages, pcpuAreas } = SCENARIO_LIMITS;

/** Reads the arguments of vmalloc: pages, then `align=`, `modules` and the flag in any order. */
export function parseVmalloc(
  area: string,
  args: readonly string[],
  line: number,
): Extract<Operation, { kind: 'vmalloc' }> {
  const [pages = '', ...options] = args;
  let align: number | null = null;
  let modules = false;
  let resetPerms = false;
  for (const option of options) {
    if (option === 'modules' && !modules) modules = true;
    else if (option === 'VM_FLUSH_RESET_PERMS' && !resetPerms) resetPerms = true;
    else if (option.startsWith('align=') && align === null) align = readAlign(option, line);
    else throw unexpected(option, 'align=PAGES, modules, VM_FLUSH_RESET_PERMS', line);
  }
  return {
    kind: 'vmalloc',
    area,
    pages: readNumber(pages, 'pages', 0, spacePages, line),
    align: align ?? 1,
    range: modules ? 'modules' : 'vmalloc',
    resetPerms,
  };
}

/**
 * Reads the arguments of pcpu_get_vm_areas: OFFSET+PAGES of each area, and `align=` for all. The
 * kernel stops with BUG_ON at areas that are not aligned or overlap, so they are refused here.
 */
export function parsePcpuGetVmAreas(
  area: string,
  args: readonly string[],
  line: number,
): Extract<Operation, { kind: 'pcpu_get_vm_areas' }> {
  const aligns = args.filter((arg) => arg.startsWith('align='));
  const spans = args.filter((arg) => !arg.startsWith('align='));
  const [alignText, second] = aligns;
  if (second !== undefined) throw unexpected(second, 'one align=PAGES', line);
  if (spans.length < 1 || spans.length > pcpuAreas) {
    throw new ScenarioError(line, `pcpu_get_vm_areas takes 1..${pcpuAreas} areas`);
  }
  const align = alignText === undefined ? 1 : readAlign(alignText, line);
  const offsets: number[] = [];
  const sizes: number[] = [];
  for (const span of spans) {
    const [offset = '', size, ...more] = span.split('+');
    if (size === undefined || more.length > 0) throw unexpected(span, 'OFFSET+PAGES', line);
    offsets.push(readNumber(offset.trim(), 'offset', 0, spacePages, line));
    sizes.push(readNumber(size.trim(), 'pages', 1, spacePages, line));
  }
  const astray = [...offsets, ...sizes].find((number) => number % align !== 0);
  if (astray !== undefined) {
    throw new ScenarioError(line, `pcpu_get_vm_areas: ${astray} is not a multiple of ${align}`);
  }
  refuseOverlap(offsets, sizes, line);
  return { kind: 'pcpu_get_vm_areas', area, offsets, sizes, align };
}

function refuseOverlap(offsets: readonly number[], sizes: readonly number[], line: number): void {
  const spans = offsets
    .map((offset, index) => ({ offset, end: offset + (sizes[index] ?? 0) }))
    .sort((a, b) => a.offset - b.offset);
  let end = 0;
  for (const span of spans) {
    if (span.offset < end) {
      throw new ScenarioError(line, `pcpu_get_vm_areas: two areas cover page ${span.offset}`);
    }
    end = span.end;
  }
}

function readAlign(option: string, line: number): number {
  const align = readNumber(option.slice('align='.length).trim(), 'align', 1, spacePages, line);
  if (Number.isInteger(Math.log2(align))) return align;
  throw new ScenarioError(line, `align: ${align} is not a power of two`);
}

function unexpected(option: string, instead: string, line: number): ScenarioError {
  return new ScenarioError(line, `${shown(option)} is not one of: ${instead}`);
}
