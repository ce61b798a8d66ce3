import { describe, expect, it } from 'vitest';
import { refusal, run } from './fake-io.ts';

const RACE = `vmapcheck case 1
property  no-stale-alias
machine   cpus=2 vmalloc=64 block=4 max-alloc=2
task on cpu0
  A = vm_map_ram(2)
  B = vm_map_ram(2)
  vm_unmap_ram(A)
  vm_unmap_ram(B)
task on cpu1
  vm_unmap_aliases()
end
`;

const explored = (policy: string, ...more: string[]) =>
  run(['explore', policy, '-', '--certify', '20', ...more], { stdin: RACE });

describe('explore', () => {
  it('prints the verdict, the smallest case and its columns, and exits with 1', async () => {
    const { code, stdout, stderr } = await run(['explore', 'v6.5', '-'], { stdin: RACE });
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toMatch(
      /^v6\.5: no-stale-alias: violated, after \d+ interleavings, \d+ steps\n/,
    );
    expect(stdout.split('\n').filter((line) => line.length > 72)).toEqual([]);
    expect(stdout.slice(stdout.indexOf('vmapcheck case'), stdout.indexOf('task 0 on cpu0'))).toBe(
      `vmapcheck case 1
policy    v6.5
property  no-stale-alias
machine   cpus=1 vmalloc=64 block=2 max-alloc=1
task on cpu0
  A = vm_map_ram(1)
  B = vm_map_ram(1)
  vm_unmap_ram(A)
  vm_unmap_ram(B)
task on cpu0
  vm_unmap_aliases()
schedule
  task 0 until vm_unmap_ram(B),
    after spin_unlock(&vb->lock) in vb_free, 2nd time
  task 1 to its end
  task 0 to its end
observed  vm_unmap_aliases returned, but page A, unmapped before it was
observed  called, may still be in the TLB of cpu0
certificate certified minimal: no shorter violating scenario among 904
certificate programs of at most 4 operations of its own kinds on 4
certificate machines of 1 CPU in at most 2 tasks with 1 preemption
end

`,
    );
    expect(stdout).toMatch(/^Observation .*: violated 1, in 5 operations and 1 preemption$/m);
    expect(stdout.replaceAll('\n  ', ' ')).toContain(' (certified minimal: no shorter violating ');
  });

  it('gives what replay takes, from a mail too, to the same effect', async () => {
    const { stdout } = await explored('v6.12');
    const told = stdout.slice(stdout.indexOf('vmapcheck case 1'));
    const plain = await run(['replay', '-'], { stdin: stdout });
    const heading = 'The case on v6.12: still violated\n\n';
    expect(plain).toEqual({ code: 1, stdout: `${heading}${told}`, stderr: '' });
    const quoted = stdout.replaceAll(/^/gm, '> ');
    expect(await run(['replay', '-'], { stdin: quoted })).toEqual(plain);
  });

  it('says how much it is that holds, and exits with 0', async () => {
    const { code, stdout } = await explored('exact');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^exact: no-stale-alias: holds, complete: \d+ interleavings, /);
    expect(stdout).toMatch(/ [\d,]+ steps,\n {2}any number of preemptions\n$/);
    const bounded = await explored('exact', '--bound', '1');
    expect(bounded.stdout).toMatch(/complete: .*\n? *at most 1 preemption\n$/);
  });

  it('says what was covered where it was not finished, and exits with 2', async () => {
    const { code, stdout } = await explored('exact', '--limit', '10');
    expect([code, stdout]).toEqual([2, expect.stringMatching(/not finished: no violation in/)]);
    const random = await explored('v6.5', '--strategy', 'random', '--limit', '5', '--seed', '7');
    expect(random.code).toBe(2);
    expect(random.stdout).toMatch(
      /not finished: no violation in 5 interleavings, \d+\s+steps, chosen at random, seed 7\n$/,
    );
  });

  it('is deterministic', async () => {
    const once = await explored('v6.5', '--strategy', 'pct', '--seed', '3');
    expect(await explored('v6.5', '--strategy', 'pct', '--seed', '3')).toEqual(once);
    expect(once.code).toBe(1);
  });

  it('comes to a case without a schedule where one task is enough', async () => {
    const { code, stdout } = await explored('v6.1');
    expect(code).toBe(1);
    expect(stdout).not.toMatch(/^schedule$/m);
    expect(stdout).toMatch(
      /^Observation no-stale-alias: violated 1, in 4 operations \(not certified:$/m,
    );
  });

  it('watches every safety property that has a meaning if none is named', async () => {
    const stdin = RACE.replace(/^property.*\n/m, '');
    const argv = ['explore', 'exact', '-', '--strategy', 'bounded', '--bound', '0'];
    expect((await run(argv, { stdin })).stdout).toMatch(/^exact: all \d+ properties: hold, /);
  });

  it('gives one JSON document', async () => {
    const { code, stdout } = await explored('v6.5', '--json');
    expect(code).toBe(1);
    const document = JSON.parse(stdout);
    expect(Object.keys(document)).toEqual([
      'policy',
      'verdict',
      'properties',
      'strategy',
      'interleavings',
      'steps',
      'certificate',
      'case',
      'execution',
    ]);
    expect(document.execution.preemptions).toBe(1);
    const holds = JSON.parse((await explored('exact', '--json')).stdout);
    expect([holds.verdict, 'case' in holds]).toEqual(['holds', false]);
  });

  it('shows progress on a terminal, and leaves it as it was', async () => {
    const argv = ['explore', 'exact', '-', '--strategy', 'pct', '--limit', '3000'];
    const { stderr } = await run(argv, { stdin: RACE, isTerminal: true, tick: 600 });
    const parts = stderr.split('\r\u001b[K');
    expect([parts[0], parts.at(-1)]).toEqual(['', '']);
    expect(parts[1]).toMatch(/^[\d,]+ of 3,000 interleavings at most$/);
    expect((await run(argv, { stdin: RACE, tick: 600 })).stderr).toBe('');
  });
});

describe('what cannot be explored gets one line', () => {
  const refused = (...more: string[]) => refusal(['explore', ...more], { stdin: RACE });

  it('arguments that are missing, or too many', async () => {
    expect(await refused()).toMatchInlineSnapshot(
      `"64 vmapcheck: policy is missing; --help shows the usage"`,
    );
    expect(await refused('v6.5')).toMatchInlineSnapshot(
      `"64 vmapcheck: file is missing; --help shows the usage"`,
    );
    expect(await refused('v6.5', '-', '-')).toMatchInlineSnapshot(
      `"64 vmapcheck: "-" is one argument too many"`,
    );
  });

  it('a policy, a file, a property or a strategy that there is not', async () => {
    expect(await refused('v6.55', '-')).toMatchInlineSnapshot(
      `"64 vmapcheck: unknown policy "v6.55"; did you mean "v6.5"?"`,
    );
    expect(await refused('v6.5', 'none.case')).toMatchInlineSnapshot(
      `"64 vmapcheck: none.case: no such file"`,
    );
    expect(await refused('v6.5', '-', '--property', 'no-stale')).toMatchInlineSnapshot(
      `"64 vmapcheck: unknown property "no-stale""`,
    );
    expect(await refused('v6.5', '-', '--strategy', 'bound')).toMatchInlineSnapshot(
      `"64 vmapcheck: --strategy: "bound" is none; did you mean "bounded"?"`,
    );
    expect(await refused('v6.5', '-', '--strategy', 'everything')).toMatchInlineSnapshot(`
      "64 vmapcheck: --strategy: "everything" is none; known are dpor, bounded, pct,
      random"
    `);
  });

  it('a property without a meaning while calls are in flight', async () => {
    expect(await refused('v6.5', '-', '--property', 'first-fit')).toMatchInlineSnapshot(`
      "64 vmapcheck: first-fit has no meaning while several calls are in flight: it
      compares before and after a call, and other calls come in between"
    `);
  });

  it('options that do not go together, or are out of range', async () => {
    expect(await refused('v6.5', '-', '--seed', '1')).toMatchInlineSnapshot(
      `"64 vmapcheck: --seed does not go with --strategy dpor"`,
    );
    const random = ['--strategy', 'random'];
    expect(await refused('v6.5', '-', ...random, '--depth', '3')).toMatchInlineSnapshot(
      `"64 vmapcheck: --depth does not go with --strategy random"`,
    );
    expect(await refused('v6.5', '-', '--limit', '0')).toMatchInlineSnapshot(
      `"64 vmapcheck: --limit: "0" is not a whole number of 1..1000000000"`,
    );
  });

  it('a text with a fault, or with two cases', async () => {
    const fault = RACE.replace('cpu1', 'cpu7');
    expect(await refusal(['explore', 'v6.5', '-'], { stdin: fault })).toMatchInlineSnapshot(
      `"64 vmapcheck: standard input: line 9: cpu7 is not a CPU of this machine"`,
    );
    const two = RACE + RACE;
    expect(await refusal(['explore', 'v6.5', '-'], { stdin: two })).toMatchInlineSnapshot(
      `"64 vmapcheck: standard input: line 12: a second case in this text"`,
    );
  });
});
