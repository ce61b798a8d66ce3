import type { TraceLine } from '../trace/event.ts';
import { counted } from './words.ts';

const NANOSECONDS_PER_SECOND = 1e9;
const TIME_COLUMNS = 11;
const WHO_COLUMNS = 22;

/** A line of a trace for people: number, seconds since boot, CPU and task, what happened. */
export function eventLineText(line: TraceLine, comm: ReadonlyMap<number, string>): string {
  const number = `${line.line}`.padStart(7);
  const when = timeText(line.time).padStart(TIME_COLUMNS);
  const who = line.code === 'snap' ? '' : `cpu${line.cpu} ${taskText(line.pid, comm)}`;
  return `${number} ${when}  ${who.padEnd(WHO_COLUMNS)}  ${eventText(line)}`.trimEnd();
}

function timeText(time: number | null): string {
  return time === null ? 'early' : (time / NANOSECONDS_PER_SECOND).toFixed(6);
}

function taskText(pid: number, comm: ReadonlyMap<number, string>): string {
  if (pid < 0) return 'boot';
  return `${comm.get(pid) ?? 'pid'}/${pid}`;
}

/** A range of pages, of which a bound may be missing. */
function pagesText(start: number, end: number): string {
  return start < end ? `${start}..${end}` : 'nothing';
}

function spanText({ start, pages }: { readonly start: number; readonly pages: number }): string {
  return pagesText(start, start + pages);
}

/** What a line says, its letter first. */
function eventText(line: TraceLine): string {
  switch (line.code) {
    case 'A': {
      const { addr, pages, align, kind, source } = line;
      const from = { G: 'from the heap', P: 'popped from a pool', T: 'from the top' }[source];
      const aligned = align === 1 ? '' : `, aligned to ${align}`;
      return `A  ${kind} at ${pagesText(addr, addr + pages)} ${from}${aligned}`;
    }
    case 'F':
      return `F  ${pagesText(line.addr, line.addr + line.pages)} becomes lazy, nr ${line.lazyNr}`;
    case 'P': {
      const full = line.full ? ', all of the pools' : '';
      return `P  purge, with ${pagesText(line.start, line.end)}${full}`;
    }
    case 'T':
      return `T  flush of ${pagesText(line.start, line.end)}`;
    case 'M':
      return `M  ${spanText(line)} becomes free`;
    case 'N':
      return `N  PTEs of ${spanText(line)} cleared`;
    case 'G':
      return `G  PTEs of ${spanText(line)} set`;
    case 'X':
      return `X  block at ${line.addr} is given up`;
    case 'snap':
      return `snapshot ${line.name}`;
    default:
      return restText(line);
  }
}

function restText(line: TraceLine): string {
  switch (line.code) {
    case 'Q':
      return `Q  ${spanText(line)} goes to the pool of node ${line.node}`;
    case 'K':
      return `K  ${spanText(line)} leaves its pool`;
    case 'B':
      return `B  vm_map_ram(${line.pages}) returns ${line.start}`;
    case 'b':
      return `b  vm_unmap_ram(${line.start}, ${line.pages})`;
    case 'Bs':
      return `Bs vm_map_ram(${line.value})`;
    case 'U':
      return 'U  _vm_unmap_aliases()';
    case 'u':
      return 'u  _vm_unmap_aliases() returns';
    case 'W':
      return 'W  drain_vmap_area_work()';
    case 'C':
      return `C  pools of node ${line.node} decay${line.full ? ', all of them' : ''}`;
    case 'D':
      return `D  lazy areas of node ${line.value} are detached`;
    case 'n':
      return `n  node ${line.value} is purged`;
    case 'R':
      return `R  ${line.value} is not aligned, goes to the tail of its pool`;
    case 'p':
      return `p  purge returns ${line.value}`;
    case 'q':
      return `q  purge of ${pagesText(line.start, line.end)}, ${counted(line.purged, 'area')}`;
    case 'V':
      return `V  ${line.how}(${Number.isNaN(line.addr) ? '?' : line.addr})`;
    default:
      return 'name' in line ? `${line.code} ${line.name}` : line.code;
  }
}
