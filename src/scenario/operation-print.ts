import { match } from 'ts-pattern';
import type { Operation } from './operation.ts';
import { printPlace } from './place-text.ts';

/** Prints one operation as a kernel call, in the one form that `parseOperation` gives back. */
export function printOperation(operation: Operation): string {
  return match(operation)
    .with({ kind: 'vmalloc' }, ({ area, pages, align, range, resetPerms }) => {
      const args = [`${pages}`];
      if (align !== 1) args.push(`align=${align}`);
      if (range === 'modules') args.push('modules');
      if (resetPerms) args.push('VM_FLUSH_RESET_PERMS');
      return `${area} = vmalloc(${args.join(', ')})`;
    })
    .with(
      { kind: 'vmap' },
      { kind: 'vm_map_ram' },
      { kind: 'get_vm_area' },
      { kind: 'ioremap' },
      ({ kind, area, pages }) => `${area} = ${kind}(${pages})`,
    )
    .with({ kind: 'pcpu_get_vm_areas' }, ({ area, offsets, sizes, align }) => {
      const args = offsets.map((offset, index) => `${offset}+${sizes[index]}`);
      if (align !== 1) args.push(`align=${align}`);
      return `${area} = pcpu_get_vm_areas(${args.join(', ')})`;
    })
    .with(
      { kind: 'vfree' },
      { kind: 'vfree_atomic' },
      { kind: 'vunmap' },
      { kind: 'free_vm_area' },
      { kind: 'pcpu_free_vm_areas' },
      { kind: 'set_memory_ro' },
      { kind: 'vmalloc_to_page' },
      { kind: 'find_vm_area' },
      { kind: 'register_vmap_purge_notifier' },
      ({ kind, at }) => `${kind}(${printPlace(at)})`,
    )
    .with({ kind: 'vm_unmap_ram' }, ({ at, pages }) =>
      pages === null
        ? `vm_unmap_ram(${printPlace(at)})`
        : `vm_unmap_ram(${printPlace(at)}, ${pages})`,
    )
    .with({ kind: 'vread' }, ({ at, pages }) => `vread(${printPlace(at)}, ${pages})`)
    .with({ kind: 'touch' }, ({ at, cpu }) => `touch(${printPlace(at)}) on cpu${cpu}`)
    .with({ kind: 'migrate' }, ({ cpu }) => `migrate(${cpu})`)
    .with({ kind: 'fail_alloc' }, ({ nth }) => `fail_alloc(${nth})`)
    .with(
      { kind: 'vm_unmap_aliases' },
      { kind: 'run_work' },
      { kind: 'shrink' },
      ({ kind }) => `${kind}()`,
    )
    .exhaustive();
}
