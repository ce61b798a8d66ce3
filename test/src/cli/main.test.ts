import { describe, expect, it } from 'vitest';
import { policies } from '../../../models/policies/index.ts';
import { properties } from '../../../properties/index.ts';
import { refusal, run } from './fake-io.ts';

describe('help', () => {
  it('is short and names every verb', async () => {
    const { code, stdout, stderr } = await run(['--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatchInlineSnapshot(`
      "vmapcheck checks candidate policies for Linux mm/vmalloc.c against a reference model.

      Usage: vmapcheck VERB ...

        check       look for a scenario in which a policy violates a property
        replay      run the cases of a file or a mail, and show what happens
        explore     go through the interleavings of a case of several tasks
        verify      go through all small concurrent programs, and their interleavings
        conform     run two policies in lock-step, look for the first difference
        minimize    look for a simpler case, or certify that there is none in a small scope
        compare     put side by side what policies cost on a workload
        review      show what sets a patch apart from what it changes
        trace       replay the recorded history of a real kernel through a policy
        policies    list the built-in policies
        properties  list the properties

      Each verb has --help, and --json for one JSON document on standard output.

      Exit codes: 0 holds, 1 violated, 2 cannot tell, 64 bad usage or bad input.
      "
    `);
  });

  it.each(['check', 'replay', 'minimize', 'compare', 'policies', 'properties'])(
    'is there for %s',
    async (verb) => {
      const { code, stdout, stderr } = await run([verb, '--help']);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(new RegExp(`^Usage: vmapcheck ${verb}`));
      expect(stdout).toContain('--json');
    },
  );
});

describe('what is called wrongly gets one line and exit code 64', () => {
  it('nothing', async () => {
    expect(await refusal([])).toMatchInlineSnapshot(
      `
      "64 vmapcheck: a verb is missing: check, replay, explore, verify, conform,
      minimize, compare, review, trace, policies, properties"
    `,
    );
  });

  it('chekc v6.4', async () => {
    expect(await refusal(['chekc', 'v6.4'])).toMatchInlineSnapshot(
      `"64 vmapcheck: unknown verb "chekc"; did you mean "check"?"`,
    );
  });

  it('frobnicate', async () => {
    expect(await refusal(['frobnicate'])).toMatchInlineSnapshot(`
      "64 vmapcheck: unknown verb "frobnicate"; known are check, replay, explore,
      verify, conform, minimize, compare, review, trace, policies, properties"
    `);
  });

  it('check', async () => {
    expect(await refusal(['check'])).toMatchInlineSnapshot(
      `"64 vmapcheck: policy is missing; --help shows the usage"`,
    );
  });

  it('check v6.4 v6.5', async () => {
    expect(await refusal(['check', 'v6.4', 'v6.5'])).toMatchInlineSnapshot(
      `"64 vmapcheck: one policy, please: "v6.5" is a second"`,
    );
  });

  it('check v6.55', async () => {
    expect(await refusal(['check', 'v6.55'])).toMatchInlineSnapshot(
      `"64 vmapcheck: unknown policy "v6.55"; did you mean "v6.5"?"`,
    );
  });

  it('check x', async () => {
    expect(await refusal(['check', 'x'])).toMatchInlineSnapshot(
      `"64 vmapcheck: unknown policy "x"; "vmapcheck policies" lists what there is"`,
    );
  });

  it('check linux:/usr/src/linux', async () => {
    expect(await refusal(['check', 'linux:/usr/src/linux'])).toMatchInlineSnapshot(`
      "64 vmapcheck: linux:/usr/src/linux: no such file or folder"
    `);
  });

  it('check v6.4 --propery no-stale-alias', async () => {
    expect(await refusal(['check', 'v6.4', '--propery', 'no-stale-alias'])).toMatchInlineSnapshot(
      `"64 vmapcheck: unknown option "--propery"; did you mean "--property"?"`,
    );
  });

  it('check v6.4 --property', async () => {
    expect(await refusal(['check', 'v6.4', '--property'])).toMatchInlineSnapshot(
      `"64 vmapcheck: --property lacks its value"`,
    );
  });

  it('check v6.4 --property no-stale-alais', async () => {
    expect(await refusal(['check', 'v6.4', '--property', 'no-stale-alais'])).toMatchInlineSnapshot(
      `"64 vmapcheck: unknown property "no-stale-alais"; did you mean "no-stale-alias"?"`,
    );
  });

  it('check v6.4 --property --json', async () => {
    expect(await refusal(['check', 'v6.4', '--property', '--json'])).toMatchInlineSnapshot(
      `"64 vmapcheck: --property lacks its value"`,
    );
  });

  it('check v6.4 --runs 0', async () => {
    expect(await refusal(['check', 'v6.4', '--runs', '0'])).toMatchInlineSnapshot(
      `"64 vmapcheck: --runs: "0" is not a whole number of 1..1000000000"`,
    );
  });

  it('check v6.4 --runs -1', async () => {
    expect(await refusal(['check', 'v6.4', '--runs', '-1'])).toMatchInlineSnapshot(
      `"64 vmapcheck: --runs: "-1" is not a whole number of 1..1000000000"`,
    );
  });

  it('check v6.4 --runs 1e3', async () => {
    expect(await refusal(['check', 'v6.4', '--runs', '1e3'])).toMatchInlineSnapshot(
      `"64 vmapcheck: --runs: "1e3" is not a whole number of 1..1000000000"`,
    );
  });

  it('check v6.4 --seed 2147483648', async () => {
    expect(await refusal(['check', 'v6.4', '--seed', '2147483648'])).toMatchInlineSnapshot(
      `"64 vmapcheck: --seed: "2147483648" is not a whole number of 0..2147483647"`,
    );
  });

  it('check v6.4 --runs 1 --runs 2', async () => {
    expect(await refusal(['check', 'v6.4', '--runs', '1', '--runs', '2'])).toMatchInlineSnapshot(
      `"64 vmapcheck: --runs is given twice"`,
    );
  });

  it('check v6.4 --max-ops 10001', async () => {
    expect(await refusal(['check', 'v6.4', '--max-ops', '10001'])).toMatchInlineSnapshot(
      `"64 vmapcheck: --max-ops: "10001" is not a whole number of 1..10000"`,
    );
  });

  it('check v6.4 --cpus 5000', async () => {
    expect(await refusal(['check', 'v6.4', '--cpus', '5000'])).toMatchInlineSnapshot(
      `"64 vmapcheck: --cpus: "5000" is not a whole number of 1..4096"`,
    );
  });

  it('check v6.4 --block 3', async () => {
    expect(await refusal(['check', 'v6.4', '--block', '3'])).toMatchInlineSnapshot(
      `"64 vmapcheck: --block: 3 must be a power of two, at least 2 as max-alloc is 1"`,
    );
  });

  it('check v6.4 --block 2048', async () => {
    expect(await refusal(['check', 'v6.4', '--block', '2048'])).toMatchInlineSnapshot(
      `"64 vmapcheck: --block: "2048" is not a whole number of 2..1024"`,
    );
  });

  it('check v6.4 --block 4 --max-alloc 4', async () => {
    expect(
      await refusal(['check', 'v6.4', '--block', '4', '--max-alloc', '4']),
    ).toMatchInlineSnapshot(
      `"64 vmapcheck: --block: 4 must be a power of two, at least 8 as max-alloc is 4"`,
    );
  });

  it('check v6.4 --max-alloc 2', async () => {
    expect(await refusal(['check', 'v6.4', '--max-alloc', '2'])).toMatchInlineSnapshot(
      `"64 vmapcheck: --max-alloc goes with --block only"`,
    );
  });

  it('check v6.4 --arch vax', async () => {
    expect(await refusal(['check', 'v6.4', '--arch', 'vax'])).toMatchInlineSnapshot(`
      "64 vmapcheck: --arch: "vax" is not one of x86_64, x86_64-invlpgb, arm64,
      arm64-rangetlbi, arm32, riscv, powerpc-radix, s390"
    `);
  });

  it('check v6.4 --json=yes', async () => {
    expect(await refusal(['check', 'v6.4', '--json=yes'])).toMatchInlineSnapshot(
      `"64 vmapcheck: --json takes no value"`,
    );
  });

  it('check v6.4 -x', async () => {
    expect(await refusal(['check', 'v6.4', '-x'])).toMatchInlineSnapshot(
      `"64 vmapcheck: unknown option "-x""`,
    );
  });

  it('policies x', async () => {
    expect(await refusal(['policies', 'x'])).toMatchInlineSnapshot(
      `"64 vmapcheck: unknown policy "x""`,
    );
  });

  it('properties --runs 3', async () => {
    expect(await refusal(['properties', '--runs', '3'])).toMatchInlineSnapshot(
      `"64 vmapcheck: unknown option "--runs""`,
    );
  });
});

describe('policies and properties', () => {
  it('are listed as text', async () => {
    const listed = await run(['policies']);
    expect([listed.code, listed.stderr]).toEqual([0, '']);
    expect(listed.stdout).toMatch(/^v6\.4 +c( {2}\.){5} {2}t {2}\. {2}t {2}c/m);
    expect(listed.stdout).toMatch(/^exact +\.( {2}\.){16}$/m);
    const one = await run(['policies', 'v6.4']);
    expect(one.stdout).toMatch(/^v6\.4 +6 {2}Linux v6\.4\n +source: /m);
    expect(one.stdout).toContain('violates no-stale-alias: fc1e0d980037');
    expect((await run(['properties'])).stdout).toContain('no-stale-alias        safety   When');
  });

  it('are listed as one JSON document', async () => {
    const byPolicy = JSON.parse((await run(['policies', '--json'])).stdout);
    expect(byPolicy.policies.map(({ name }: { name: string }) => name)).toEqual(
      policies.map(({ name }) => name),
    );
    const byProperty = JSON.parse((await run(['properties', '--json'])).stdout);
    expect(byProperty.properties.map(({ name }: { name: string }) => name)).toEqual(
      properties.map(({ name }) => name),
    );
  });
});
