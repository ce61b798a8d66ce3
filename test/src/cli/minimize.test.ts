import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCase } from '../../../src/scenario/case-text.ts';
import { refusal, run } from './fake-io.ts';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'vmapcheck-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const LONG = `vmapcheck case 1
policy    v6.4
property  no-premature-purge
machine   cpus=2 vmalloc=64 block=4 max-alloc=2
task on cpu1
  A = vm_map_ram(2)
  B = vmap(3)
  vm_unmap_ram(A)
  migrate(0)
  vm_unmap_aliases()
end
`;

const SHORT = `vmapcheck case 1
policy    v6.4
property  no-premature-purge
machine   cpus=1 vmalloc=64 block=2 max-alloc=1
task on cpu0
  A = vm_map_ram(1)
  vm_unmap_ram(A)
  vm_unmap_aliases()
`;

const RACE = 'scenarios/race-1-dirty-block-between-lists.case';

describe('minimize', () => {
  it('prints the simplest case, and what was tried to find a simpler one', async () => {
    const { code, stdout, stderr } = await run(['minimize', '-'], { stdin: LONG });
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout.slice(0, stdout.indexOf('observed'))).toBe(SHORT);
    expect(parseCase(stdout).certificate.join(' ')).toMatch(/^certified minimal: .* of any kind /);
    expect((await run(['minimize', '-'], { stdin: stdout })).stdout).toBe(stdout);
  });

  it('keeps the schedule of a race', async () => {
    const argv = ['minimize', RACE, '--policy', 'v6.5', '--certify', '50', '--json'];
    const { code, stdout } = await run(argv);
    const [only] = JSON.parse(stdout).cases;
    expect([code, only.verdict, only.certificate.budget]).toEqual([1, 'violated', 50]);
    expect(parseCase(only.case).scenario.schedule).toHaveLength(3);
  });

  it('says where there is nothing to minimise, and exits with 0', async () => {
    const { code, stdout } = await run(['minimize', '-', '--policy', 'exact'], { stdin: LONG });
    expect([code, stdout]).toEqual([0, 'exact holds no-premature-purge in this case.\n']);
  });

  it('minimises the cases of a directory in their place', async () => {
    const name = 'no-premature-purge--v6.4--00000000.case';
    const least = 'no-premature-purge--v6.4--cc01eeaf.case';
    writeFileSync(join(directory, name), LONG);
    const argv = ['minimize', directory, '--certify', '100'];
    expect(await run(argv)).toEqual({
      code: 1,
      stdout: `added    ${name}\n      -> ${least}\n`,
      stderr: '',
    });
    expect(readdirSync(directory)).toEqual([least]);
    expect(await run(argv)).toMatchObject({ stdout: `kept     ${least}\n` });
    copyFileSync(join('counterexamples', least), join(directory, least));
    expect(await run([...argv, '--policy', 'exact'])).toMatchObject({
      code: 0,
      stdout: `holds    ${least}\n`,
    });
    expect(readdirSync(directory)).toEqual([least]);
  });

  it('refuses what does not say what is to be kept', async () => {
    const stdin = LONG.replace(/^property.*\n/m, '');
    expect(await refusal(['minimize', '-'], { stdin })).toBe(
      '64 vmapcheck: a case names no property to keep violated',
    );
    expect(await refusal(['minimize', directory, '--json'])).toBe(
      '64 vmapcheck: --json: not for a directory',
    );
  });
});
