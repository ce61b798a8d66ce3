import { describe, expect, it } from 'vitest';
import { refusal, run } from './fake-io.ts';

const CASE = `vmapcheck case 1
machine   cpus=0,2 vmalloc=64 block=2 max-alloc=1
task on cpu0
  A = vm_map_ram(2)
  B = vm_map_ram(1)
end
`;

describe('vmapcheck conform', () => {
  it('tells what was reached where two policies are the same', async () => {
    const { code, stdout } = await run(['conform', 'v6.5', 'v6.5', '--ops', '300']);
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "v6.5 and v6.5: the same in 300 operations on 2 machines, seed 1

      blocks     4: 10; 128: 290
      CPUs       2: 300
      vmalloc    up to 16,384: 300
      operations vmalloc: 24; vmap: 20; vm_map_ram: 60; get_vm_area: 6;
                 ioremap: 8; pcpu_get_vm_areas: 12; vfree: 16; vfree_atomic:
                 4; vunmap: 8; free_vm_area: 6; pcpu_free_vm_areas: 5;
                 vm_unmap_ram: 44; vm_unmap_aliases: 23; set_memory_ro: 1;
                 vread: 10; vmalloc_to_page: 8; find_vm_area: 0; touch: 2;
                 migrate: 14; run_work: 11; shrink: 4; fail_alloc: 8;
                 register_vmap_purge_notifier: 6
      failures   vmalloc: 3; vmap: 3; vm_map_ram: 5; get_vm_area: 0; ioremap:
                 0; pcpu_get_vm_areas: 0
      events     VM_FLUSH_RESET_PERMS: 7; module range: 5; areas of more than
                 512 pages: 1; drains of 8,192 pages or more: 0; allocations
                 made to fail: 5; calls with a warning: 0; calls that died: 1;
                 pages read: 17; holes read: 12
      passed     FL_FIT_TYPE: 6; LE_FIT_TYPE: 50; NE_FIT_TYPE: 38;
                 RE_FIT_TYPE: 9; alloc_vmap_area: overflow: 20;
                 flush_tlb_kernel_range: 31; free_vmap_block: 12;
                 new_vmap_block: 19; purge_fragmented_block: 6;
                 purge_vmap_area_lazy: 25; vb_alloc: block full: 10; vb_free:
                 block dirty: 6; vmap_notify_list: 3
      never      find_vm_area, failure of get_vm_area, failure of ioremap,
                 failure of pcpu_get_vm_areas, drains of 8,192 pages or more,
                 calls with a warning, drain_vmap_area_work,
                 pcpu_get_vm_areas: overflow, __vmalloc_area_node: fail
      "
    `);
  });

  it('prints the smallest case in which they are not', async () => {
    const { code, stdout } = await run(['conform', 'v6.4', 'v6.5', '--ops', '3000', '--cpus', '1']);
    expect(code).toBe(1);
    expect(stdout).toMatchInlineSnapshot(`
      "v6.4 and v6.5: not the same, after 40 operations on 1 machine, seed 1

      vmapcheck case 1
      policy    v6.4
      machine   cpus=1 vmalloc=64 block=2 max-alloc=1
      task on cpu0
        A = vm_map_ram(1)
        vm_unmap_ram(A)
        vm_unmap_aliases()
      observed  effect: v6.4: flushes 0 to 2; v6.5: flushes 0 to 1
      end
      "
    `);
  });

  it('runs a case on both', async () => {
    const args = ['conform', 'v6.1', 'v6.5', '--case', '-'];
    const { code, stdout } = await run(args, { stdin: CASE });
    expect([code, stdout]).toEqual([1, 'returns: v6.1: 2; v6.5: never: it dies\n']);
    const same = await run(['conform', 'v6.1', 'v6.1', '--case', '-'], { stdin: CASE });
    expect([same.code, same.stdout]).toEqual([0, 'v6.1 and v6.1: the same\n']);
  });

  it('prints one JSON document', async () => {
    const same = await run(['conform', 'v6.5', 'v6.5', '--ops', '200', '--json']);
    expect(same.code).toBe(0);
    expect(JSON.parse(same.stdout)).toMatchObject({
      policies: ['v6.5', 'v6.5'],
      verdict: 'same',
      seed: 1,
      operations: 200,
      coverage: { operations: { vread: expect.any(Number) }, never: expect.any(Array) },
    });
    const different = await run(['conform', 'v6.1', 'v6.5', '--ops', '3000', '--json']);
    expect(different.code).toBe(1);
    expect(JSON.parse(different.stdout)).toMatchObject({
      verdict: 'different',
      difference: 'returns: v6.1: 2; v6.5: never: it dies',
      case: expect.stringMatching(/^vmapcheck case 1\npolicy {4}v6.1\n/),
    });
  });

  it('refuses what it cannot do in one line', async () => {
    expect(await refusal(['conform', 'v6.1'])).toBe(
      '64 vmapcheck: other policy is missing; --help shows the usage',
    );
    expect(await refusal(['conform', 'v6.1', 'v6.5', '--ops', '0'])).toMatch(/^64 .*--ops: "0"/);
    expect(await refusal(['conform', 'v6.1', 'v6.5', '--patch', 'a.patch'])).toBe(
      '64 vmapcheck: --patch goes with linux:PATH only, not with "v6.1"',
    );
    const two = CASE.replace('end\n', 'task on cpu2\n  vm_unmap_aliases()\nend\n');
    expect(await refusal(['conform', 'v6.1', 'v6.5', '--case', '-'], { stdin: two })).toBe(
      '64 vmapcheck: --case: a case of one task, please',
    );
  });
});
