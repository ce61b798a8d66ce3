import { z } from 'zod';
import { ScenarioError } from '../scenario/errors.ts';
import type { Snapshot } from './event.ts';

/** How the outermost bounds of the free space are written: the addresses 1 and 2^64 - 1. */
const LOWEST = -1;
const HIGHEST = -2;

const page = z.int();
const area = z.tuple([page, page, page]);

const snapshotSchema = z.object({
  snap: z.string(),
  t: z.int(),
  lazy_nr: z.int(),
  free: z.array(z.tuple([page, page])),
  busy: z.array(z.tuple([page, page, page]).rest(z.string())),
  lazy: z.array(area),
  pool: z.array(area),
  vb: z.array(z.tuple([z.enum(['q', 'x']), page, page, page, page, page, page])),
});

/** Reads an object line. Throws a ScenarioError that names the line and what is wrong with it. */
export function parseSnapshot(value: unknown, line: number): Snapshot {
  const { success, data, error } = snapshotSchema.safeParse(value);
  if (!success) {
    const issue = error.issues[0];
    const where = issue?.path.join('.') ?? '';
    throw new ScenarioError(line, `no snapshot: ${where}: ${issue?.message ?? 'unreadable'}`);
  }
  const last = data.free.length - 1;
  return {
    code: 'snap',
    line,
    time: data.t,
    name: data.snap,
    lazyNr: data.lazy_nr,
    free: data.free.map(([start, end], index): [number, number] => [
      index === 0 && start === LOWEST ? Number.NEGATIVE_INFINITY : start,
      index === last && end === HIGHEST ? Number.POSITIVE_INFINITY : end,
    ]),
    busy: data.busy.map(([start, pages, node]): [number, number, number] => [start, pages, node]),
    lazy: data.lazy,
    pool: data.pool.map(([node, start, pages]): [number, number, number] => [start, pages, node]),
    blocks: data.vb.map(([list, cpu, start, free, dirty, dirtyMin, dirtyMax]) => ({
      list,
      cpu,
      start,
      free,
      dirty,
      dirtyMin,
      dirtyMax,
    })),
  };
}
