import { describe, expect, it } from 'vitest';
import { NamedRun } from '../../../src/explore/named-run.ts';
import { parseCase } from '../../../src/scenario/case-text.ts';
import { builtInPolicy } from '../../../src/subject/load-policy.ts';

/** The points of every call of a task, alone on its machine, in order. */
function points(policy: string, operations: string, machine = ''): string[] {
  const head = `vmapcheck case 1\nmachine block=4 max-alloc=2 ${machine}\ntask on cpu0\n`;
  const { scenario } = parseCase(`${head}${operations.split('; ').join('\n')}\nend\n`);
  const named = new NamedRun(builtInPolicy(policy).subject(), scenario, []);
  const seen: string[] = [];
  for (let [task] = named.run.enabled(); task !== undefined; [task] = named.run.enabled()) {
    const { passed } = named.step(task);
    if (passed !== null) seen.push(`${passed.text} in ${passed.inFunction}, ${passed.nth}`);
  }
  return seen;
}

describe('scheduling points bear the names of the C source', () => {
  it('of a block that is all dirty, in v6.1', () => {
    const all = points(
      'v6.1',
      'A = vm_map_ram(2); B = vm_map_ram(2); vm_unmap_ram(A); vm_unmap_ram(B)',
    );
    expect(all.slice(all.findIndex((text) => text.startsWith('xa_load')))).toMatchInlineSnapshot(`
      [
        "xa_load in vb_free, 1",
        "pte_clear in vb_free, 1",
        "spin_lock(&vb->lock) in vb_free, 1",
        "spin_unlock(&vb->lock) in vb_free, 1",
        "xa_load in vb_free, 1",
        "pte_clear in vb_free, 1",
        "spin_lock(&vb->lock) in vb_free, 1",
        "spin_unlock(&vb->lock) in vb_free, 1",
        "spin_lock(&xa_lock) in xa_erase, 1",
        "spin_unlock(&xa_lock) in xa_erase, 1",
        "spin_lock(&vmap_area_lock) in free_vmap_area_noflush, 1",
        "spin_unlock(&vmap_area_lock) in free_vmap_area_noflush, 1",
        "atomic_long_add_return(&vmap_lazy_nr) in free_vmap_area_noflush, 1",
        "spin_lock(&purge_vmap_area_lock) in free_vmap_area_noflush, 1",
        "spin_unlock(&purge_vmap_area_lock) in free_vmap_area_noflush, 1",
      ]
    `);
  });

  it('of the lockless looks of v6.5, and of one flush as one point for each CPU', () => {
    const all = points(
      'v6.5',
      'A = vm_map_ram(1); B = vm_map_ram(1); vm_unmap_ram(A); vm_unmap_aliases()',
    );
    expect(all.filter((text) => /READ_ONCE|flush/.test(text))).toMatchInlineSnapshot(`
      [
        "READ_ONCE(vb->free) in vb_alloc, 1",
        "flush_tlb_kernel_range in _vm_unmap_aliases, 1",
        "flush_tlb_kernel_range in _vm_unmap_aliases, 2",
      ]
    `);
  });

  it('of locks that are given up for a moment, mutexes, atomics and work', () => {
    const all = points(
      'v6.12',
      'A = vmalloc(2); vfree(A); vm_unmap_aliases()',
      'nodes=2 lazy-max=0 zone=4',
    );
    expect(
      new Set(all.filter((text) => /mutex|atomic|work|empty/i.test(text))),
    ).toMatchInlineSnapshot(`
      Set {
        "list_empty(&vp->head) in node_pool_del_va, 1",
        "atomic_long_add_return(&vmap_lazy_nr) in free_vmap_area_noflush, 1",
        "mutex_lock(&vmap_purge_lock) in _vm_unmap_aliases, 1",
        "list_empty(&vn->pool[i].head) in decay_va_pool_node, 1",
        "RB_EMPTY_ROOT(&vn->lazy.root) in __purge_vmap_area_lazy, 1",
        "RB_EMPTY_ROOT(&vn->lazy.root) in __purge_vmap_area_lazy, 2",
        "atomic_long_read(&vmap_lazy_nr) in __purge_vmap_area_lazy, 1",
        "atomic_long_sub(&vmap_lazy_nr) in purge_vmap_node, 1",
        "mutex_unlock(&vmap_purge_lock) in _vm_unmap_aliases, 1",
        "mutex_lock(&vmap_purge_lock) in drain_vmap_area_work, 1",
        "mutex_unlock(&vmap_purge_lock) in drain_vmap_area_work, 1",
      }
    `);
    const yields = points('v6.1', 'A = vmalloc(2); vfree(A); vm_unmap_aliases()');
    expect(yields.filter((text) => /resched/.test(text))).toMatchInlineSnapshot(`
      [
        "spin_unlock(&free_vmap_area_lock) in cond_resched_lock, 1",
        "spin_lock(&free_vmap_area_lock) in cond_resched_lock, 1",
      ]
    `);
  });

  it('each in a function, on every version', () => {
    for (const policy of ['v5.0', 'v5.11', 'v6.1', 'v6.4', 'v6.5', 'v6.9', 'v6.12', 'exact']) {
      const all = points(
        policy,
        'A = vm_map_ram(1); vm_unmap_ram(A); B = vmap(2); vunmap(B); vm_unmap_aliases()',
      );
      expect(all.length, policy).toBeGreaterThan(20);
      expect(
        all.filter((text) => !/^\S.* in [a-z_0-9]+, \d+$/.test(text)),
        policy,
      ).toEqual([]);
      expect(
        all.filter((text) => text.includes('unknown')),
        policy,
      ).toEqual([]);
    }
  });
});
