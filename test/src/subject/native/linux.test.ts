import { describe, expect, it } from 'vitest';
import { properties } from '../../../../properties/index.ts';
import { builtInPolicy } from '../../../../src/subject/load-policy.ts';
import { refusal, run } from '../../cli/fake-io.ts';
import { needKernels, tarball } from './toolchain.ts';

/** The path of a patch that is kept beside this file. */
function patch(name: string): string {
  return new URL(`patches/${name}.patch`, import.meta.url).pathname;
}

/** The lines of a case in what a command printed. */
function scenarioIn(stdout: string): string {
  return /^machine {3}.*?(?=^observed)/ms.exec(stdout)?.[0] ?? '';
}

/** The least that shows the bug of 6.1. */
const MISSED = `machine   cpus=1 vmalloc=64 block=2 max-alloc=1
task on cpu0
  A = vm_map_ram(1)
  B = vm_map_ram(1)
  vm_unmap_ram(A)
  vm_unmap_aliases()
`;

describe('the C file of Linux 6.1', () => {
  it('misses fully used blocks, as its model does', async (context) => {
    needKernels(context, '6.1');
    const args = ['--property', 'no-stale-alias', '--runs', '300', '--block', '2'];
    const c = await run(['check', `linux:${tarball('6.1')}`, ...args]);
    const model = await run(['check', 'v6.1', ...args]);
    expect(c.code).toBe(1);
    expect(scenarioIn(c.stdout)).toBe(scenarioIn(model.stdout));
    expect(scenarioIn(c.stdout)).toBe(MISSED);
  });

  it('does not once it is patched', async (context) => {
    needKernels(context, '6.1');
    const args = ['--property', 'no-stale-alias', '--runs', '1000', '--block', '4'];
    const linux = `linux:${tarball('6.1')}`;
    const { code, stderr } = await run(['check', linux, ...args, '--patch', patch('all-blocks')]);
    expect([code, stderr]).toEqual([0, '']);
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

describe('the C file of Linux 6.1 and its model, by a command', () => {
  it('are the same up to what is read of freed memory', async (context) => {
    needKernels(context, '6.1');
    const stdin = `vmapcheck case 1
machine   cpus=1 vmalloc=64 block=4 max-alloc=2
task on cpu0
  A = vm_map_ram(1)
  B = vm_map_ram(1)
  C = vm_map_ram(2)
  D = vm_map_ram(1)
  vm_unmap_ram(C)
  vm_unmap_ram(A, 3)
end
`;
    const args = ['conform', 'v6.1', `linux:${tarball('6.1')}`, '--case', '-'];
    expect((await run(args, { stdin })).code).toBe(0);
    const patched = `linux:${tarball('6.1')}+${patch('all-blocks')}`;
    const bug = `vmapcheck case 1\n${MISSED.replace('block=2', 'block=4')}end\n`;
    const full = bug.replaceAll('vm_map_ram(1)', 'vm_map_ram(2)').replace('=1\n', '=2\n');
    const { code, stdout } = await run(['conform', 'v6.1', patched, '--case', '-'], {
      stdin: full,
    });
    expect([code, stdout]).toEqual([1, `effect: v6.1: nothing; ${patched}: flushes 0 to 2\n`]);
  });
});

describe('the C file of Linux 6.12', () => {
  const linux = `linux:${tarball('6.12')}`;

  it('has no fault that its model does not have', async (context) => {
    needKernels(context, '6.12');
    const { expected } = builtInPolicy('v6.12');
    const held = properties.filter(({ name }) => expected[name]?.verdict !== 'violated');
    expect(held.map(({ name }) => name)).toContain('no-stale-alias');
    const args = held.flatMap(({ name }) => ['--property', name]);
    const { code, stdout } = await run(['check', linux, '--runs', '500', '--block', '4', ...args]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('Nothing violated')]);
  });

  it('is not built, and says why, if a patch makes it no C', async (context) => {
    needKernels(context, '6.12');
    const text = await refusal(['check', linux, '--patch', patch('does-not-compile')]);
    expect(text.replaceAll('\n', ' ')).toMatch(
      /^2 .* \S+: mm\/vmalloc\.c:\d+:\d+: error: implicit declaration of function 'set_memory_x'/,
    );
  });

  it('reads the wrong page of a block, as its model does', async (context) => {
    needKernels(context, '6.12');
    const stdin = `vmapcheck case 1
policy    ${linux}
property  vread-exact
machine   cpus=1 vmalloc=64 block=4 max-alloc=2
task on cpu0
  A = vm_map_ram(1)
  vread(A+1, 1)
end
`;
    expect((await run(['replay', '-'], { stdin })).code).toBe(1);
  });
});

describe('C that crashes is a verdict with its scenario', () => {
  const crashes = ['crash-null', 'crash-loop', 'crash-stack'].map((name) => `+${patch(name)}`);
  const linux = `linux:${tarball('6.12')}${crashes.join('')}`;

  it('which is found and made smaller as any other', async (context) => {
    needKernels(context, '6.12');
    const args = ['--property', 'object-lifetime', '--runs', '100', '--block', '4'];
    const { code, stdout } = await run(['check', linux, ...args]);
    expect(code).toBe(1);
    expect(stdout).toContain(`policy    ${linux}\n`);
    expect(scenarioIn(stdout)).toMatchInlineSnapshot(`
      "machine   cpus=1 vmalloc=64 block=2 max-alloc=1
      task on cpu0
        vmalloc_to_page(@0)
      "
    `);
  });

  const calls = [
    ['vmalloc_to_page(@9)', 'NULL pointer dereference at address 48'],
    ['A = get_vm_area(1)\n  free_vm_area(A)', 'endless loop'],
    ['find_vm_area(@9)', 'stack overflow'],
  ] as const;

  for (const [text, reason] of calls) {
    it(reason, async (context) => {
      needKernels(context, '6.12');
      const stdin = `vmapcheck case 1
policy    ${linux}
property  object-lifetime
machine   cpus=1 vmalloc=64 block=4 max-alloc=2
task on cpu0
  ${text}
end
`;
      const { code, stdout } = await run(['replay', '-'], { stdin });
      expect(code).toBe(1);
      expect(stdout).toContain(`the machine dies: ${reason}\n`);
    });
  }
});
