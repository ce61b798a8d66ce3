import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ARCH_NAMES } from '../../../models/hardware/machine.ts';
import { workloads } from '../../../src/workload/index.ts';
import { refusal, run } from './fake-io.ts';

/** A candidate whose kernel has a BUG(): no area may have more than 100 pages. */
const FATAL = `export default {
  base: 'v6.5', title: 'test', apply: (Base) => class extends Base {
    *alloc_vmap_area(size, ...rest) {
      this.BUG_ON(size > 100, 'too large');
      return yield* super.alloc_vmap_area(size, ...rest);
    }
  },
};`;

const EXCESSIVE = ['--workload', 'excessive-flush'];

describe('compare --workload', () => {
  it('puts policies side by side, with who measured what', async () => {
    const policies = ['v6.4', 'v6.5', 'mail1-per-area', 'exact'];
    const { code, stdout, stderr } = await run(['compare', ...policies, ...EXCESSIVE]);
    expect([code, stderr]).toEqual([0, '']);
    await expect(stdout).toMatchFileSnapshot('excessive-flush.txt');
    const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
    const [, table = ''] = readme.split('excessive-flush`')[1]?.split('```') ?? [];
    expect(table.trim()).toMatch(/^v6\.4 .*\nflushes /);
    for (const line of table.split('\n')) expect(stdout.split('\n')).toContain(line);
  });

  it('prints the same each time', async () => {
    const argv = ['compare', 'v6.5', 'v6.12', '--workload', 'pcpu_alloc', '--seed', '7'];
    expect(await run(argv)).toEqual(await run(argv));
  });

  it('takes another seed and other CPUs', async () => {
    const argv = ['compare', 'v6.5', '--workload', 'modules', '--json'];
    const one = JSON.parse((await run([...argv, '--seed', '1'])).stdout);
    const other = JSON.parse((await run([...argv, '--seed', '2'])).stdout);
    expect(other.workloads[0].policies[0].pagesDirty).not.toBe(
      one.workloads[0].policies[0].pagesDirty,
    );
    const many = JSON.parse((await run([...argv, '--cpus', '9'])).stdout);
    expect(many.workloads[0].machine).toMatch(/^cpus=9 .*lazy-max=32768 nodes=9/);
    const { ipis } = many.workloads[0].policies[0].architectures.x86_64;
    expect(ipis).toBe(8 * many.workloads[0].policies[0].flushes);
  });

  it('parts many policies into tables of at most 100 columns', async () => {
    const policies = [1, 2, 3, 4, 5, 6].map((count) => `tglx-${count}of6`);
    const candidate = './models/policies/candidate-example.ts';
    const { stdout } = await run(['compare', ...policies, candidate, 'v6.12', ...EXCESSIVE]);
    for (const line of stdout.split('\n')) expect(line).toMatch(/^[\x20-\x7e]{0,100}$/);
    expect(stdout.match(/^pages asked for/gm)).toHaveLength(2);
    expect(stdout).toMatch(new RegExp(` ${candidate} `));
  });

  it('says where a policy kills the machine, and goes on', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'vmapcheck-'));
    writeFileSync(join(directory, 'fatal.ts'), FATAL);
    const argv = ['compare', 'v6.5', './fatal.ts', ...EXCESSIVE];
    const { code, stdout } = await run(argv, { cwd: directory });
    rmSync(directory, { recursive: true });
    expect(code).toBe(0);
    expect(stdout).toContain('./fatal.ts: the machine dies before the end: BUG: too large\n');
    expect(stdout).toMatch(/^pages asked for +372,106 +0$/m);
  });
});

describe('compare --json', () => {
  it('is one document with every figure', async () => {
    const { code, stdout, stderr } = await run(['compare', 'v6.4', ...EXCESSIVE, '--json']);
    expect([code, stderr]).toEqual([0, '']);
    const { seed, workloads: measured, costs } = JSON.parse(stdout);
    expect([seed, measured.length]).toEqual([1, 1]);
    expect(costs.tlbimva).toMatchObject({ nanoseconds: 16, basis: 'measured' });
    const [{ name, policies }] = measured;
    expect(name).toBe('excessive-flush');
    const [{ architectures, ...figures }] = policies;
    expect(Object.keys(architectures)).toEqual([...ARCH_NAMES]);
    expect(architectures.arm32).toEqual({
      microseconds: (372_106 * 16) / 1_000,
      ipis: 0,
      instructions: 372_106,
    });
    expect(figures).toEqual({
      policy: 'v6.4',
      calls: 21,
      refused: 0,
      died: null,
      blocksCreated: 0,
      flushes: 1,
      pagesAsked: 372_106,
      pagesUseful: 31,
      pagesDirty: 23,
      highestPageTaken: 535,
      pagesTaken: 535,
      lazyPages: 30,
      longestWalks: [
        { lock: 'free_vmap_area_lock', kind: 'spinlock', nodes: 1 },
        { lock: 'vmap_purge_lock', kind: 'mutex', nodes: 3 },
      ],
    });
  });
});

describe('compare without a workload', () => {
  it('is a short table for each, with progress on a terminal', async () => {
    const { code, stdout, stderr } = await run(['compare', 'v6.5'], {
      isTerminal: true,
      tick: 300,
    });
    expect(code).toBe(0);
    for (const { name } of workloads) {
      expect(stdout).toMatch(new RegExp(`^${name} +flushes +asked`, 'm'));
    }
    expect(stdout).toMatch(/^excessive-flush .*\nv6\.5 +1 +372,106 +23 /);
    for (const line of stdout.split('\n')) expect(line).toMatch(/^[\x20-\x7e]{0,100}$/);
    const shown = stderr.split('\r\u001b[K');
    expect([shown.at(0), shown.at(-1), shown.length]).toEqual(['', '', expect.any(Number)]);
    for (const text of shown.slice(1, -1)) {
      expect(text).toMatch(new RegExp(`^\\d+ of ${workloads.length} runs$`));
    }
    expect(shown.length).toBeGreaterThan(3);
  });
});

describe('what is called wrongly gets one line and exit code 64', () => {
  it('nothing', async () => {
    expect(await refusal(['compare'])).toMatchInlineSnapshot(
      `"64 vmapcheck: policy is missing; --help shows the usage"`,
    );
  });

  it('no such policy', async () => {
    expect(await refusal(['compare', 'v6.4', 'v6.55', ...EXCESSIVE])).toMatchInlineSnapshot(
      `"64 vmapcheck: unknown policy "v6.55"; did you mean "v6.5"?"`,
    );
  });

  it('a policy twice', async () => {
    expect(await refusal(['compare', 'v6.4', 'v6.4'])).toMatchInlineSnapshot(
      `"64 vmapcheck: policy "v6.4" is given twice"`,
    );
  });

  it('no such workload, with and without one near', async () => {
    expect(await refusal(['compare', 'v6.4', '--workload', 'mail-table'])).toMatchInlineSnapshot(
      `"64 vmapcheck: unknown workload "mail-table"; did you mean "mail1-table"?"`,
    );
    expect(await refusal(['compare', 'v6.4', '--workload', 'z'])).toMatchInlineSnapshot(`
      "64 vmapcheck: unknown workload "z"; "vmapcheck compare --help" lists what there
      is"
    `);
  });

  it('no CPU', async () => {
    expect(await refusal(['compare', 'v6.4', '--cpus', '0'])).toMatchInlineSnapshot(
      `"64 vmapcheck: --cpus: "0" is not a whole number of 1..4096"`,
    );
  });

  it('shows what address space policies spread over', async () => {
    const { code, stdout } = await run(['compare', 'v6.5', 'mail5-zones', '--workload', 'spread']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^v6\.5 +even +137,259 +0 +163,859 +884,717 {2}21 0 0 0 +321 0 0 0$/m);
    expect(stdout).toMatch(/^mail5-zones +uneven +137,259 +4,116 +195,757 +852,369 +24 0 0 0 /m);
  });
});
