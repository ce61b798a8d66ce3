import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { refusal, run } from './fake-io.ts';

const STRESS = ['--workload', 'stress', '--cpus', '2'];

it('compare --workload stress draws the backlog of a policy', async () => {
  const { code, stdout, stderr } = await run(['compare', 'v6.1', ...STRESS]);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^stress: the cases of test_vmalloc\.sh on 2 CPUs at once /);
  expect(stdout).toMatch(/^v6\.1: the backlog is bounded$/m);
  for (const line of stdout.split('\n')) expect(line).toMatch(/^[\x20-\x7e]{0,72}$/);
});

it('compare --workload stress --json is one document', async () => {
  const argv = ['compare', 'v6.1', ...STRESS, '--seed', '5', '--json'];
  const { options, policies } = JSON.parse((await run(argv)).stdout);
  expect(options).toMatchObject({ cpus: 2, seed: 5, lazyMaxPages: 16_384 });
  expect(policies).toHaveLength(1);
  expect(policies[0]).toMatchObject({ policy: 'v6.1', verdict: 'bounded', death: null });
  expect(policies[0].backlog).toHaveLength(60);
});

it('compare --workload stress gives one line to what it cannot do', async () => {
  expect(await refusal(['compare', 'v6.1', ...STRESS.with(3, '65')])).toMatchInlineSnapshot(
    `"64 vmapcheck: cpus: at most 64 for stress"`,
  );
  const directory = mkdtempSync(join(tmpdir(), 'vmapcheck-'));
  const broken = `export default { base: 'v6.5', title: 'test', apply: (Base) =>
    class extends Base {
      atomic_long_sub(amount, counter) {
        if (this.interleaved) this.nothing.there;
        return super.atomic_long_sub(amount, counter);
      }
    },
  };`;
  writeFileSync(join(directory, 'broken.ts'), broken);
  const argv = ['compare', './broken.ts', ...STRESS];
  expect(await refusal(argv, { cwd: directory })).toMatchInlineSnapshot(`
    "2 vmapcheck: cannot tell: ./broken.ts: fails under stress: TypeError: Cannot
    read properties of undefined (reading 'there')"
  `);
  rmSync(directory, { recursive: true });
});
