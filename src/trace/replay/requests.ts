import { alignDown } from '../../../models/kernel/err.ts';
import type { AreaTaken, KernelTrace, PurgeCalled } from '../event.ts';

/** What the lines of a task say only later about a call that begins now. */
export interface Requests {
  /** By the line of an R: the allocation whose look at a pool it is. */
  readonly allocation: ReadonlyMap<number, AreaTaken>;
  /** By the line of a U: the purge it leads to, and the blocks that are given up before. */
  readonly aliases: ReadonlyMap<number, AliasesRequest>;
  /** By the place of a line, from 0: whose purge begins next. Purges come one at a time. */
  readonly nextPurger: Int32Array;
  /** By the place of a line, from 0: the next line of its task, Infinity if there is none. */
  readonly nextLine: Float64Array;
  /** The calls of _vm_unmap_aliases() in the order they begin. */
  readonly walks: readonly AliasesRequest[];
  /** By the first page of a block: the lines in which one was given up there. */
  readonly blocksFreed: ReadonlyMap<number, readonly number[]>;
  /** The lines in which pages of it were mapped. */
  readonly blocksMapped: ReadonlyMap<number, readonly number[]>;
  /** The lines of those Bs that took address space: no block had room. */
  readonly newBlock: ReadonlySet<number>;
}

/** What a call of _vm_unmap_aliases() is about to do. */
export interface AliasesRequest {
  /** Where it begins. */
  readonly line: number;
  readonly purge: PurgeCalled;
  /** The first pages of the blocks it gives up. */
  readonly blocks: ReadonlySet<number>;
}

/**
 * Looks ahead in the trace for what a call is asked, where the recorder noted it late. What a call
 * gave back is not looked at.
 */
export function requestsOf({ header, lines }: KernelTrace): Requests {
  const allocation = new Map<number, AreaTaken>();
  const aliases = new Map<number, AliasesRequest>();
  const newBlock = new Set<number>();
  const blocksFreed = new Map<number, number[]>();
  const blocksMapped = new Map<number, number[]>();
  const nextPurger = new Int32Array(lines.length);
  const nextLine = new Float64Array(lines.length).fill(Number.POSITIVE_INFINITY);
  const lineOf = new Map<number, number>();
  let purger = 0;
  const nextAllocation = new Map<number, AreaTaken>();
  const nextPurge = new Map<number, { purge: PurgeCalled; blocks: Set<number> }>();
  for (let i = lines.length - 1; i >= 0; i--) {
    const event = lines[i];
    nextPurger[i] = purger;
    if (event !== undefined && event.code !== 'snap' && event.code !== 'V') {
      nextLine[i] = lineOf.get(event.pid) ?? Number.POSITIVE_INFINITY;
      lineOf.set(event.pid, event.line);
    }
    switch (event?.code) {
      case 'A':
        nextAllocation.set(event.pid, event);
        break;
      case 'B':
        nextAllocation.delete(event.pid);
        append(blocksMapped, alignDown(event.start, header.blockPages), event.line);
        break;
      case 'P':
        nextPurge.set(event.pid, { purge: event, blocks: new Set() });
        purger = event.pid;
        break;
      case 'u':
        nextPurge.delete(event.pid);
        break;
      case 'R': {
        const found = nextAllocation.get(event.pid);
        if (found !== undefined) allocation.set(event.line, found);
        break;
      }
      case 'X':
        nextPurge.get(event.pid)?.blocks.add(event.addr);
        append(blocksFreed, event.addr, event.line);
        break;
      case 'U': {
        const found = nextPurge.get(event.pid);
        if (found !== undefined) aliases.set(event.line, { line: event.line, ...found });
        nextPurge.delete(event.pid);
        break;
      }
      case 'Bs':
        if (nextAllocation.has(event.pid)) newBlock.add(event.line);
        nextAllocation.delete(event.pid);
        break;
    }
  }
  const walks = [...aliases.values()].reverse();
  return { allocation, aliases, nextPurger, nextLine, walks, blocksFreed, blocksMapped, newBlock };
}

function append(lists: Map<number, number[]>, key: number, line: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [line]);
  else list.push(line);
}
