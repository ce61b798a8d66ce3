import { HIGHEST_VPN, LOWEST_VPN } from '../../../models/hardware/machine.ts';
import type { Kernel } from '../../../models/kernel/kernel.ts';
import type { ListHead } from '../../../models/kernel/structures/list.ts';
import type { VmapArea } from '../../../models/kernel/structures/vmap-area-node.ts';

type Row = (number | string)[];

/** A kernel's state as a snapshot line of a trace has it. */
export function snapshotOf(kernel: Kernel, name: string, time: number): object {
  const free: Row[] = [];
  kernel.forEachFree(({ va_start, va_end }) => {
    free.push([va_start === LOWEST_VPN ? -1 : va_start, va_end === HIGHEST_VPN ? -2 : va_end]);
  });
  const { vmap_nodes } = kernel;
  const hasNodes = vmap_nodes.length > 0;
  return {
    snap: name,
    t: time,
    lazy_nr: kernel.vmap_lazy_nr.value,
    free,
    busy: hasNodes
      ? vmap_nodes.flatMap(({ busy, id }) => rows(busy.head, id))
      : rows(kernel.vmap_area_list, 0),
    lazy: hasNodes
      ? vmap_nodes.flatMap(({ lazy, id }) => rows(lazy.head, id))
      : rows(kernel.purge_vmap_area_list, 0),
    pool: vmap_nodes.flatMap(({ pool, id }) =>
      pool.flatMap((one) =>
        one === undefined ? [] : rows(one.head, id).map(([start, pages]) => [id, start, pages]),
      ),
    ),
    vb: blockRows(kernel),
  };
}

function rows(list: ListHead<VmapArea>, node: number): Row[] {
  const found: Row[] = [];
  for (let at = list.next; at.owner !== null; at = at.next) {
    found.push([at.owner.va_start, at.owner.va_end - at.owner.va_start, node]);
  }
  return found;
}

function blockRows(kernel: Kernel): Row[] {
  const found: Row[] = [];
  for (const cpu of kernel.machine.possibleCpus) {
    for (const index of [
      kernel.per_cpu_vbq(cpu).vmap_blocks,
      cpu === 0 ? kernel.vmap_blocks : null,
    ]) {
      kernel.forEachBlock((vb) => {
        if (kernel.addr_to_vb_xa(vb.va.va_start) !== index) return;
        const owner = index === kernel.vmap_blocks ? -1 : cpu;
        const rest = [vb.va.va_start, vb.free, vb.dirty, vb.dirty_min, vb.dirty_max];
        found.push(['x', owner, ...rest]);
        if (vb.queue !== null) found.push(['q', vb.queue.cpu, ...rest]);
      });
    }
  }
  return found;
}
