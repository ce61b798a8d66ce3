import type { Point } from '../../../models/kernel/point.ts';
import type { PointName } from '../../scenario/schedule.ts';
import type { MachineProcess } from './machine-process.ts';
import { POINT_KINDS, type Position } from './run-message.ts';
import { runTool } from './run-tool.ts';
import { MessageReader, REQUEST } from './wire.ts';

/** A point as it stands in the C source. */
interface Site {
  readonly point: Point;
  readonly name: PointName;
}

const UNKNOWN: Site = {
  point: { kind: 'read', object: {}, label: 'unknown' },
  name: { text: 'unknown', inFunction: 'unknown' },
};

/** The scheduling points of a program: those of its source, and its loads and stores. */
export class PointSites {
  readonly #program: string;
  readonly #sites: readonly Site[];
  /** By the address of the instruction behind it. */
  readonly #accesses = new Map<number, PointName>();

  constructor(program: string, process: MachineProcess) {
    this.#program = program;
    const sites: Site[] = [];
    const answer = process.ask([REQUEST.sites]);
    const message = new MessageReader(answer ?? new Float64Array());
    while (!message.ended) {
      const kind = POINT_KINDS[message.next()] ?? 'work';
      const [text, inFunction] = [sourceText(message.text()), message.text()];
      const label = text.replace(/^\w+\(&?(.*)\)$/, '$1');
      sites.push({ point: { kind, object: {}, label }, name: { text, inFunction } });
    }
    this.#sites = sites;
  }

  /** What a task is about to do; null: it is idle, or about to begin. */
  pointAt({ kind, site, from }: Position): Point | null {
    if (kind < 0) return null;
    if (from === 0) return (this.#sites[site] ?? UNKNOWN).point;
    return { kind: POINT_KINDS[kind] ?? 'read', object: {}, label: 'memory' };
  }

  /** What that is called. */
  nameAt({ kind, site, from }: Position): PointName | null {
    if (kind < 0) return null;
    if (from === 0) return (this.#sites[site] ?? UNKNOWN).name;
    const known = this.#accesses.get(from);
    if (known !== undefined) return known;
    const name = this.#accessAt(from, POINT_KINDS[kind] === 'write' ? 'store' : 'load');
    this.#accesses.set(from, name);
    return name;
  }

  /** A load or store by its line in the source. */
  #accessAt(from: number, does: string): PointName {
    // The address is where the access returns to: the instruction before is of the access.
    const args = ['-f', '-e', this.#program, (from - 1).toString(16)];
    const [inFunction = '', at = ''] = runTool('addr2line', args, 'binutils').stdout.split('\n');
    const line = at.replace(/^.*\//, '').replace(/ .*$/, '');
    return { text: `${does} at ${line}`, inFunction: inFunction.replace(/\W.*$/, '') };
  }
}

/** `spin_lock(&(xa)->xa_lock)` is how a macro writes `spin_lock(&xa_lock)`. */
function sourceText(text: string): string {
  return text.replace(/\(&\(\w+\)->/, '(&').replaceAll(/\s+/g, ' ');
}
