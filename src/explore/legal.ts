import type { Area } from '../../models/reference/area.ts';
import type { Ledger } from '../../models/reference/ledger.ts';
import type { Call } from '../subject/port.ts';

/**
 * The areas a call frees, by the API's contract: those that begin where the call says and were
 * allocated by the matching function. Empty if the call frees none, or if its caller may not make
 * it.
 */
export function areasFreedBy(
  call: Call,
  ledger: Ledger,
  congruent: ReadonlyMap<number, readonly number[]>,
): readonly Area[] {
  switch (call.kind) {
    case 'vfree':
    case 'vfree_atomic':
      return live(ledger, call.vpn, 'vmalloc');
    case 'vunmap': {
      const found = live(ledger, call.vpn, 'vmap');
      return found.length > 0 ? found : live(ledger, call.vpn, 'ioremap');
    }
    case 'free_vm_area':
      return live(ledger, call.vpn, 'get_vm_area');
    case 'pcpu_free_vm_areas':
      return (congruent.get(call.vpn) ?? []).flatMap((vpn) => live(ledger, vpn, 'pcpu'));
    case 'vm_unmap_ram': {
      const found = live(ledger, call.vpn, 'vm_map_ram');
      return found[0]?.pages === call.pages ? found : [];
    }
    default:
      return [];
  }
}

function live(ledger: Ledger, vpn: number, kind: Area['kind']): readonly Area[] {
  const area = ledger.areas.get(vpn);
  return area !== undefined && area.kind === kind && area.state === 'live' ? [area] : [];
}

/** Whether the contract of the API allows a caller this call, `freed` being what it frees. */
export function isLegal(call: Call, ledger: Ledger, freed: readonly Area[]): boolean {
  switch (call.kind) {
    case 'vmalloc':
    case 'vmap':
    case 'vm_map_ram':
    case 'get_vm_area':
    case 'ioremap':
      return call.pages > 0;
    case 'vfree':
    case 'vfree_atomic':
    case 'vunmap':
    case 'free_vm_area':
    case 'pcpu_free_vm_areas':
    case 'vm_unmap_ram':
      return freed.length > 0;
    case 'set_memory_ro':
      // Who makes other memory read-only has to make it writable again before freeing it.
      return live(ledger, call.vpn, 'vmalloc')[0]?.resetsPerms === true;
    case 'register_vmap_purge_notifier':
      return live(ledger, call.vpn, 'vmap').length > 0;
    case 'migrate':
      return ledger.machine.onlineCpus.includes(call.cpu);
    case 'pcpu_get_vm_areas':
      return isCongruent(call.offsets, call.sizes, call.align);
    default:
      return true;
  }
}

/** Whether areas are not empty, aligned, and apart from each other. */
function isCongruent(offsets: readonly number[], sizes: readonly number[], align: number): boolean {
  const ends = offsets.map((offset, area) => offset + (sizes[area] ?? 0));
  const isAligned = [...offsets, ...sizes].every((pages) => pages % align === 0);
  const areApart = offsets.every((start, area) =>
    offsets.every(
      (other, i) => i === area || (ends[i] ?? 0) <= start || other >= (ends[area] ?? 0),
    ),
  );
  return Number.isInteger(Math.log2(align)) && isAligned && areApart && !sizes.includes(0);
}
