import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { properties } from '../../../properties/index.ts';
import { parseCases } from '../../../src/scenario/case-text.ts';
import { preemptionsIn } from '../../../src/scenario/schedule.ts';
import { refusal, run } from './fake-io.ts';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'vmapcheck-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const SEEDED = ['--property', 'no-stale-alias', '--seed', '1'];
const STALE = [...SEEDED, '--certify', '500'];

describe('check', () => {
  it('finds the fully used block on v6.4, in at most 5 operations', async () => {
    const { code, stdout, stderr } = await run(['check', 'v6.4', ...STALE]);
    expect([code, stderr]).toEqual([1, '']);
    const [found] = parseCases(stdout);
    expect(found?.scenario.tasks[0]?.operations.length).toBeLessThanOrEqual(5);
    expect(stdout).toMatch(
      /^Observation no-stale-alias: violated 1, in \d operations \(certified$/m,
    );
    expect(stdout).toMatch(/known: fc1e0d980037/);
  });

  it('says what was tried to find a shorter one, as far as --certify goes', async () => {
    const argv = ['check', 'v6.4', ...SEEDED, '--certify'];
    const certificates = await Promise.all(
      ['0', '1', '1000'].map(async (budget) => {
        const { stdout } = await run([...argv, budget]);
        return parseCases(stdout).map(({ certificate }) => certificate.join(' '));
      }),
    );
    expect(certificates).toEqual([
      [''],
      ['not certified: budget of 1 run spent'],
      [
        'certified minimal: no shorter violating scenario among 492 programs of at most 3 ' +
          'operations of its own and the common kinds on 4 machines of 1 CPU, nor a simpler one ' +
          'among 14 of 4',
      ],
    ]);
  });

  it('prints the same each time', async () => {
    const argv = ['check', 'v6.4', ...STALE, '--property', 'flush-exact', '--runs', '60'];
    expect(await run(argv)).toEqual(await run(argv));
  });

  it('holds on v6.5', async () => {
    const { code, stdout } = await run(['check', 'v6.5', ...STALE, '--runs', '500']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^v6\.5 \(Linux v6\.5\): 500 runs of up to 40 operations, .* seed 1$/m);
    expect(stdout).toMatch(/^no-stale-alias +safety +holds$/m);
  });

  it('prints what replay takes as it is, within 72 columns from the first case on', async () => {
    const named = ['vread-exact', 'object-lifetime'].flatMap((name) => ['--property', name]);
    const checked = await run(['check', 'v6.4', ...STALE, ...named, '--runs', '200']);
    const replayed = await run(['replay', '-'], { stdin: checked.stdout });
    const observations = (text: string) => text.match(/^Observation .*$/gm);
    expect(observations(replayed.stdout)).toEqual(observations(checked.stdout));
    expect(replayed.code).toBe(1);
    expect(parseCases(checked.stdout)).toHaveLength(3);
    const cases = checked.stdout.slice(checked.stdout.indexOf('vmapcheck case'));
    for (const line of cases.split('\n')) expect(line).toMatch(/^[\x20-\x7e]{0,72}$/);
  });

  it('takes economy properties for findings unless they are asked for', async () => {
    const machine = ['--runs', '200', '--block', '4', '--cpus', '1', '--certify', '50'];
    const economy = properties.filter(({ kind }) => kind === 'economy').map(({ name }) => name);
    const all = await run(['check', 'v6.4', ...machine]);
    const shown = parseCases(all.stdout).map(({ property }) => property);
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.filter((name) => name !== null && economy.includes(name))).toEqual([]);
    expect(all.stdout).toContain('a finding: --property flush-exact shows it');

    const named = await run(['check', 'v6.4', ...machine, '--property', 'flush-exact']);
    expect(parseCases(named.stdout).map(({ property }) => property)).toEqual(['flush-exact']);
    expect(named.code).toBe(1);
  });

  it('gives one JSON document', async () => {
    const { code, stdout, stderr } = await run(['check', 'v6.4', ...STALE, '--json']);
    expect([code, stderr]).toEqual([1, '']);
    const { verdicts, coverage, ...rest } = JSON.parse(stdout);
    expect(rest).toMatchObject({ policy: 'v6.4', seed: 1, maxOps: 40 });
    expect(verdicts).toHaveLength(1);
    expect(verdicts[0]).toMatchObject({ property: 'no-stale-alias', verdict: 'violated' });
    expect(parseCases(verdicts[0].case)).toHaveLength(1);
    expect(coverage.operations.vm_map_ram).toBeGreaterThan(0);
  });
});

describe('--tasks', () => {
  const tiny = ['--tasks', '2', '--cpus', '2', '--block', '2', '--runs', '60', '--seed', '2'];

  it('finds a race, and prints it as the smallest case with a schedule', async () => {
    const argv = ['check', 'v6.9', ...tiny, '--property', 'no-stale-alias', '--certify', '0'];
    const { code, stdout, stderr } = await run(argv);
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toMatch(/^v6\.9 .*: 42 runs of up to 24 operations in 2 tasks, .* seed 2$/m);
    expect(stdout).toMatch(/^task 0 on cpu\d +task 1 on cpu\d +shared state$/m);
    const [found] = parseCases(stdout);
    expect(found?.scenario.tasks).toHaveLength(2);
    expect(preemptionsIn(found?.scenario.schedule ?? [])).toBe(1);
    const replayed = await run(['replay', '-'], { stdin: stdout });
    expect([replayed.code, replayed.stderr]).toEqual([1, '']);
  });

  it('refuses what has no meaning then', async () => {
    const argv = ['check', 'v6.9', ...tiny, '--property', 'flush-exact'];
    expect(await refusal(argv)).toMatchInlineSnapshot(`
      "64 vmapcheck: flush-exact has no meaning while several calls are in flight:
      another call may flush or unmap pages between the decision to flush a range and
      the flush"
    `);
  });
});

describe('progress', () => {
  const argv = ['check', 'v6.5', ...STALE, '--runs', '30'];

  it('is shown on a terminal after a second, and taken away again', async () => {
    const { stderr } = await run(argv, { isTerminal: true, tick: 100 });
    expect(stderr.replaceAll('\r\u001b[K', '|')).toMatch(/^(\|\d+ of 30 runs)+\|$/);
  });

  it('is not shown in the first second, nor where no terminal is', async () => {
    expect((await run(argv, { isTerminal: true, tick: 1 })).stderr).toBe('');
    expect((await run(argv, { isTerminal: false, tick: 100 })).stderr).toBe('');
  });
});

describe('--save', () => {
  it('keeps each counterexample, once', async () => {
    const store = join(directory, 'store');
    const argv = ['check', 'v6.4', ...STALE, '--save', store];
    const first = await run(argv);
    const [file = '', ...others] = readdirSync(store);
    expect([file, others]).toEqual([expect.stringMatching(/^no-stale-alias--v6\.4--/), []]);
    expect(first.stdout).toContain(`added ${join(store, file)}\n`);
    expect(parseCases(readFileSync(join(store, file), 'utf8'))).toEqual(parseCases(first.stdout));
    expect((await run(argv)).stdout).toContain(`kept ${join(store, file)}\n`);
  });

  it('says in one line that it cannot', async () => {
    writeFileSync(join(directory, 'file'), '');
    const argv = ['check', 'v6.4', ...STALE, '--save', join(directory, 'file'), '--json'];
    const { code, stderr } = await run(argv);
    expect(code).toBe(64);
    expect(stderr).toMatch(/^vmapcheck: --save .*\n$/);
  });
});

it('what is called wrongly runs nothing', async () => {
  expect(await refusal(['check', 'v6.4', '--save'])).toMatchInlineSnapshot(
    `"64 vmapcheck: --save lacks its value"`,
  );
});
