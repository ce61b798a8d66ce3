import { describe, expect, it } from 'vitest';
import { run } from '../../cli/fake-io.ts';
import { needKernels, tarball } from './toolchain.ts';

const FIX = new URL('all-blocks.patch', import.meta.url).pathname;

/** The lines of a case in what a command printed. */
function scenarioIn(stdout: string): string {
  return /^machine {3}.*?(?=^observed)/ms.exec(stdout)?.[0] ?? '';
}

describe('the C file of Linux 6.1', () => {
  it('misses fully used blocks, as its model does', async (context) => {
    needKernels(context, '6.1');
    const args = ['--property', 'no-stale-alias', '--runs', '300'];
    const c = await run(['check', `linux:${tarball('6.1')}`, ...args]);
    const model = await run(['check', 'v6.1', ...args]);
    expect(c.code).toBe(1);
    expect(scenarioIn(c.stdout)).toBe(scenarioIn(model.stdout));
    expect(scenarioIn(c.stdout)).toMatchInlineSnapshot(`
      "machine   cpus=1 vmalloc=64 block=2 max-alloc=1
      task on cpu0
        A = vm_map_ram(1)
        B = vm_map_ram(1)
        vm_unmap_ram(A)
        vm_unmap_aliases()
      "
    `);
  });

  it('does not once it is patched', async (context) => {
    needKernels(context, '6.1');
    const args = ['--property', 'no-stale-alias', '--runs', '300', '--patch', FIX];
    const { code, stderr } = await run(['check', `linux:${tarball('6.1')}`, ...args]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  it('has its bug at the sizes of a real machine', async (context) => {
    needKernels(context, '6.1');
    const stdin = `vmapcheck case 1
policy    linux:${tarball('6.1')}
property  no-stale-alias
machine   cpus=2 vmalloc=4096 block=128 max-alloc=64
task on cpu0
  A = vm_map_ram(64)
  B = vm_map_ram(64)
  vm_unmap_ram(A)
  vm_unmap_aliases()
end
`;
    const { code, stdout } = await run(['replay', '-'], { stdin });
    expect(code).toBe(1);
    expect(stdout).toContain('may still be in the TLB');
  });
});

describe('the C file of Linux 6.12', () => {
  it('has no fault that is not known', async (context) => {
    needKernels(context, '6.12');
    const { stdout } = await run(['check', `linux:${tarball('6.12')}`, '--runs', '300']);
    expect(stdout).toContain('Nothing violated that was not known.');
  });
});
