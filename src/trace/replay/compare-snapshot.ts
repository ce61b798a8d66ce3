import { HIGHEST_VPN, LOWEST_VPN } from '../../../models/hardware/machine.ts';
import type { Kernel } from '../../../models/kernel/kernel.ts';
import type { ListHead } from '../../../models/kernel/structures/list.ts';
import type { VmapArea } from '../../../models/kernel/structures/vmap-area-node.ts';
import type { Snapshot } from '../event.ts';

type Row = readonly (number | string)[];

/** How a model differs from a snapshot: the first part that is not the same; null: none. */
export function snapshotDifference(kernel: Kernel, snapshot: Snapshot): string[] | null {
  const outer = (vpn: number): number => {
    if (vpn === LOWEST_VPN) return Number.NEGATIVE_INFINITY;
    return vpn === HIGHEST_VPN ? Number.POSITIVE_INFINITY : vpn;
  };
  const free: Row[] = [];
  kernel.forEachFree((va) => {
    free.push([outer(va.va_start), outer(va.va_end)]);
  });
  const parts: readonly (readonly [string, readonly Row[], readonly Row[]])[] = [
    ['vmap_lazy_nr', [[snapshot.lazyNr]], [[kernel.vmap_lazy_nr.value]]],
    ['free areas', snapshot.free, free],
    ['busy areas', byAddress(snapshot.busy), byAddress(busyAreas(kernel))],
    ['lazy areas', snapshot.lazy, lazyAreas(kernel)],
    ['pools', snapshot.pool, pooledAreas(kernel)],
    ['blocks', sorted(snapshotBlocks(snapshot)), sorted(modelBlocks(kernel))],
  ];
  for (const [what, recorded, model] of parts) {
    const at = firstDifference(recorded, model);
    if (at < 0) continue;
    return [what, rowText(recorded[at], recorded.length), rowText(model[at], model.length)];
  }
  return null;
}

function rowText(row: Row | undefined, count: number): string {
  return `${row === undefined ? 'none' : row.join(' ')} (of ${count})`;
}

/** The first place where two lists differ, -1 if they do not. */
function firstDifference(a: readonly Row[], b: readonly Row[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const one = a[i];
    const other = b[i];
    if (one === undefined || other === undefined) return i;
    if (one.some((value, column) => value !== other[column])) return i;
  }
  return -1;
}

function byAddress(rows: readonly (readonly [number, number, number])[]): Row[] {
  return rows.toSorted((a, b) => a[0] - b[0]);
}

function sorted(rows: readonly Row[]): Row[] {
  return rows.toSorted((a, b) => (a.join(' ') < b.join(' ') ? -1 : 1));
}

function areasOf(list: ListHead<VmapArea>, node: number): [number, number, number][] {
  const rows: [number, number, number][] = [];
  for (let at = list.next; at.owner !== null; at = at.next) {
    rows.push([at.owner.va_start, at.owner.va_end - at.owner.va_start, node]);
  }
  return rows;
}

function busyAreas({ vmap_nodes, vmap_area_list }: Kernel): [number, number, number][] {
  if (vmap_nodes.length === 0) return areasOf(vmap_area_list, 0);
  return vmap_nodes.flatMap(({ busy, id }) => areasOf(busy.head, id));
}

function lazyAreas({ vmap_nodes, purge_vmap_area_list }: Kernel): [number, number, number][] {
  if (vmap_nodes.length === 0) return areasOf(purge_vmap_area_list, 0);
  return vmap_nodes.flatMap(({ lazy, id }) => areasOf(lazy.head, id));
}

function pooledAreas({ vmap_nodes }: Kernel): [number, number, number][] {
  return vmap_nodes.flatMap(({ pool, id }) =>
    pool.flatMap((one) => (one === undefined ? [] : areasOf(one.head, id))),
  );
}

function snapshotBlocks({ blocks }: Snapshot): Row[] {
  return blocks.map(({ list, cpu, start, free, dirty, dirtyMin, dirtyMax }) => [
    list,
    cpu,
    start,
    free,
    dirty,
    dirtyMin,
    dirtyMax,
  ]);
}

/** On a list with the CPU it is of, in an index with the CPU that the index is of, or -1. */
function modelBlocks(kernel: Kernel): Row[] {
  const rows: Row[] = [];
  kernel.forEachBlock((vb) => {
    const { free, dirty, dirty_min, dirty_max } = vb;
    const rest = [vb.va.va_start, free, dirty, dirty_min, dirty_max];
    const index = kernel.addr_to_vb_xa(vb.va.va_start);
    const queue = kernel.vmap_block_queue.find((vbq) => vbq?.vmap_blocks === index);
    rows.push(['x', queue?.cpu ?? -1, ...rest]);
    if (vb.queue !== null) rows.push(['q', vb.queue.cpu, ...rest]);
  });
  return rows;
}
