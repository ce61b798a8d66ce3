import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCase } from '../../../src/scenario/case-text.ts';
import { type Ran, refusal, run } from './fake-io.ts';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'vmapcheck-verify-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const BLOCKS = ['--calls', 'vm_map_ram,vm_unmap_aliases'];
const ALIASES = ['--calls', 'vm_unmap_aliases', '--ops', '2'];

const verified = (policy: string, ...more: readonly string[]): Promise<Ran> =>
  run(['verify', policy, '--certify', '0', ...more], { cwd: directory });
const ONE = ['--jobs', '1'];

describe('verify', () => {
  it('finds the race of the all-dirty block, its smallest program first, by itself', async () => {
    const { code, stdout, stderr } = await verified('v6.12', ...BLOCKS, ...ONE);
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout.split('\n').filter((line) => line.length > 72)).toEqual([]);
    expect(stdout).toMatch(/^v6\.12: no-stale-alias: violated, after \d+ programs, /);
    expect(stdout).toMatch(/^Observation no-stale-alias: violated 1, in 5 operations and /m);
    expect(stdout).toMatch(/\n {4}after spin_unlock\(&vb->lock\) in vb_free, 2nd time\n/);
    const replayed = await run(['replay', '-'], { stdin: stdout });
    const told = stdout.slice(stdout.indexOf('vmapcheck case 1'));
    expect(replayed).toMatchObject({ code: 1, stdout: expect.stringMatching(/still violated\n/) });
    expect(replayed.stdout.endsWith(told)).toBe(true);
  });

  it('comes to the same with two threads', async () => {
    const argv = [...BLOCKS, '--ops', '2', '--keep-going'];
    const one = await verified('v6.1', ...argv, ...ONE);
    expect(one.stdout).toMatch(/^v6\.1: no-stale-alias: violated, by program \d+\n/);
    expect(await verified('v6.1', ...argv, '--jobs', '2')).toEqual(one);
  });

  it('says what holds, in how many programs and interleavings, and of what', async () => {
    const { code, stdout } = await verified('exact', ...ONE, ...ALIASES);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^exact: all \d+ properties: hold, complete: 4 programs, \d+\s/),
    ]);
    expect(stdout.slice(stdout.indexOf('Programs'))).toBe(
      `Programs: 2 tasks of 1 to 2 operations each, of vm_unmap_aliases; any
  number of preemptions; on cpus=2 vmalloc=4 block=2 max-alloc=1
  lazy-max=2
`,
    );
  });

  it('goes on without a property that is violated, if it is asked to', async () => {
    const argv = [...BLOCKS, '--ops', '2', '--keep-going', '--property', 'no-stale-alias'];
    const { code, stdout } = await verified('v6.1', ...ONE, ...argv, '--property', 'lazy-count');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^v6\.1: no-stale-alias: violated, by program \d+\n/);
    expect(stdout).toMatch(/^v6\.1: lazy-count: holds, complete: \d+ programs, /m);
  });

  it('says what was covered where it was not finished', async () => {
    const few = await verified('exact', ...ONE, ...ALIASES, '--stop-after', '2');
    expect([few.code, few.stdout]).toEqual([
      2,
      expect.stringMatching(/: not finished: no violation in 2 programs, /),
    ]);
    expect(few.stdout.replaceAll(/\s+/g, ' ')).toMatch(/fewer than 3 operations among them/);
    const cut = await verified('exact', ...ONE, ...ALIASES, '--limit', '1');
    expect(cut.code).toBe(2);
    expect(cut.stdout).toMatch(/, \d of the programs only up to\s+1 interleavings\n/);
  });

  it('gives one JSON document', async () => {
    const { code, stdout } = await verified('v6.1', ...ONE, ...BLOCKS, '--ops', '2', '--json');
    expect(code).toBe(1);
    const document = JSON.parse(stdout);
    expect(Object.keys(document)).toEqual([
      'policy',
      'verdict',
      'domain',
      'properties',
      'programs',
      'sizeLeft',
      'interleavings',
      'redundant',
      'steps',
      'cut',
      'violations',
    ]);
    expect(document.violations[0].property).toBe('no-stale-alias');
    expect(parseCase(document.violations[0].case).policy).toBe('v6.1');
  });

  it('shows progress on a terminal, and leaves it as it was', async () => {
    const argv = ['verify', 'exact', ...BLOCKS, '--ops', '2', '--jobs', '1'];
    const { stderr } = await run(argv, { isTerminal: true, tick: 600 });
    const parts = stderr.split('\r\u001b[K');
    expect([parts[0], parts.at(-1)]).toEqual(['', '']);
    expect(parts[1]).toMatch(/^\d+ programs, [\d,]+ interleavings$/);
  });
});

describe('a verification that is left', () => {
  it('goes on from its state, and comes to the same', async () => {
    const argv = [...ONE, ...BLOCKS, '--ops', '2', '--property', 'no-stale-alias'];
    const whole = await verified('v6.1', ...argv);
    const state = ['--state', 'parts.state', '--stop-after'];
    const first = await verified('v6.1', ...argv, ...state, '10');
    expect([first.code, first.stdout]).toEqual([2, expect.stringMatching(/violation in 10 prog/)]);
    const second = await verified('v6.1', ...argv, ...state, '7');
    expect(second.stdout).toMatch(/violation in 17 programs/);
    expect(await verified('v6.1', ...argv, ...state, '100000')).toEqual(whole);
    // It is known now.
    expect(await verified('v6.1', ...argv, ...state, '1')).toEqual(whole);
  });

  it('is written down when the user stops it', async () => {
    const argv = ['verify', 'exact', ...BLOCKS, '--jobs', '1', '--state', 'stopped.state'];
    const { code, stdout } = await run(argv, { cwd: directory, isInterrupted: true });
    expect([code, stdout]).toEqual([2, expect.stringMatching(/not finished/)]);
    const { progress } = JSON.parse(readFileSync(join(directory, 'stopped.state'), 'utf8'));
    expect(progress.isEnd).toBe(false);
  });

  it('is refused where it is of something else, and is left as it was', async () => {
    await verified('exact', ...ONE, ...ALIASES, '--state', 'exact.state');
    const path = join(directory, 'exact.state');
    const before = readFileSync(path, 'utf8');
    const refused = (policy: string, ...more: readonly string[]) =>
      refusal(['verify', policy, ...ALIASES, '--jobs', '1', '--state', 'exact.state', ...more], {
        cwd: directory,
      });
    expect(await refused('v6.5')).toMatchInlineSnapshot(`
      "64 vmapcheck: exact.state: is of another verification: policy is "exact", not
      "v6.5""
    `);
    expect(await refused('exact', '--tasks', '3')).toMatchInlineSnapshot(
      `"64 vmapcheck: exact.state: is of another verification: tasks is "2", not "3""`,
    );
    expect(await refused('exact', '--keep-going')).toMatchInlineSnapshot(`
      "64 vmapcheck: exact.state: is of another verification: keep-going is "false",
      not "true""
    `);
    expect(readFileSync(path, 'utf8')).toBe(before);
    writeFileSync(path, before.replace(/"sources": "\w/, '"sources": "x'));
    expect(await refused('exact')).toMatch(/^64 .*: is of another verification: sources is\s/);
    for (const text of ['{}', 'no JSON', before.replace('verify 1', 'verify 2')]) {
      writeFileSync(path, text);
      expect(await refused('exact')).toBe(
        '64 vmapcheck: exact.state: is not a state of this vmapcheck verify',
      );
    }
  });
});

describe('what cannot be verified gets one line', () => {
  const refused = (...more: readonly string[]) => refusal(['verify', ...more], { cwd: directory });

  it('arguments that are missing, unknown or out of range', async () => {
    expect(await refused()).toMatchInlineSnapshot(
      `"64 vmapcheck: policy is missing; --help shows the usage"`,
    );
    expect(await refused('v6.55')).toMatchInlineSnapshot(
      `"64 vmapcheck: unknown policy "v6.55"; did you mean "v6.5"?"`,
    );
    expect(await refused('v6.5', '--tasks', '0')).toMatchInlineSnapshot(
      `"64 vmapcheck: --tasks: "0" is not a whole number of 1..4"`,
    );
    expect(await refused('v6.5', '--calls', 'vmallocs')).toMatchInlineSnapshot(
      `"64 vmapcheck: --calls: "vmallocs" is none; did you mean "vmalloc"?"`,
    );
    expect(await refused('v6.5', '--calls', 'all')).toMatchInlineSnapshot(`
      "64 vmapcheck: --calls: "all" is none; known are vm_map_ram, vmalloc,
      vmalloc-reset-perms, vm_unmap_aliases, vread, shrink"
    `);
    expect(await refused('v6.5', '--machine', 'cpu=2')).toMatchInlineSnapshot(
      `"64 vmapcheck: --machine: unknown key "cpu"; did you mean "cpus"?"`,
    );
    expect(await refused('v6.5', '--machine', 'cpus=2 block=3')).toMatchInlineSnapshot(`
      "64 vmapcheck: --machine: block: 3 must be a power of two, at least 4 as
      max-alloc is 2"
    `);
    expect(await refused('v6.5', '--property', 'first-fit')).toMatchInlineSnapshot(`
      "64 vmapcheck: first-fit has no meaning while several calls are in flight: it
      compares before and after a call, and other calls come in between"
    `);
    expect(await refused('v6.5', '--keep-going=yes')).toMatchInlineSnapshot(
      `"64 vmapcheck: --keep-going takes no value"`,
    );
  });

  it('a state that cannot be written or read', async () => {
    expect(await refused('v6.5', '--state', '.')).toMatchInlineSnapshot(
      `"64 vmapcheck: --state .: is a directory"`,
    );
    expect(await refused('v6.5', '--state', 'none/there.state')).toMatch(/^64 .*ENOENT/);
  });

  it('a policy that fails in a task, in a thread as well', async () => {
    const path = join(directory, 'crash.ts');
    writeFileSync(
      path,
      `export default {
        base: 'v6.5',
        title: 'crash',
        apply: (Base) => class extends Base {
          *vm_unmap_aliases() {
            if (this.interleaved) this.nobody.knows;
            yield* super.vm_unmap_aliases();
          }
        },
      };`,
    );
    for (const jobs of ['1', '2']) {
      expect(await refused('./crash.ts', ...ALIASES, '--jobs', jobs)).toMatchInlineSnapshot(`
        "2 vmapcheck: cannot tell: ./crash.ts: task task 0 fails: TypeError: Cannot read
        properties of undefined (reading 'knows') (line 6)"
      `);
    }
  });
});
