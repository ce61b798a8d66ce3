import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FULL_BLOCK_CASE, quotedMail } from './counterexample-text.ts';
import { refusal, run } from './fake-io.ts';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'vmapcheck-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const without = (key: string): string =>
  FULL_BLOCK_CASE.replace(new RegExp(`^${key} .*\n`, 'm'), '');

describe('replay', () => {
  it('shows the execution and exits with 1 where the property is violated', async () => {
    writeFileSync(join(directory, 'one.case'), FULL_BLOCK_CASE);
    const { code, stdout, stderr } = await run(['replay', 'one.case'], { cwd: directory });
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toMatch(/^The case on v6\.4: still violated\n\nvmapcheck case 1\n/);
    expect(stdout).toMatch(
      /^Observation no-stale-alias: violated 1, in 4 operations \(not certified\)\n$/m,
    );
  });

  it('reads standard input, and mails that quote the case, to the same effect', async () => {
    const plain = await run(['replay', '-'], { stdin: FULL_BLOCK_CASE });
    const mail = await run(['replay', '-'], { stdin: quotedMail(FULL_BLOCK_CASE) });
    expect(mail).toEqual(plain);
    expect(plain.code).toBe(1);
  });

  it('runs the case on another policy', async () => {
    const argv = ['replay', '-', '--policy', 'v6.5'];
    const { code, stdout } = await run(argv, { stdin: FULL_BLOCK_CASE });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Observation no-stale-alias: holds, in 4 operations\n$/m);
  });

  it('watches every property where none is named; only safety decides', async () => {
    const all = await run(['replay', '-'], { stdin: without('property') });
    expect(all.code).toBe(1);
    const economy = without('property').replace('  B = vm_map_ram(2)\n', '');
    const finding = await run(['replay', '-'], { stdin: economy });
    expect([finding.code, finding.stdout.match(/^Observation .*$/gm)]).toEqual([
      0,
      [
        'Observation flush-exact: violated 1, in 3 operations (not certified)',
        'Observation no-premature-purge: violated 1, in 3 operations (not',
      ],
    ]);
    const named = economy.replace('machine ', 'property no-premature-purge\nmachine ');
    expect((await run(['replay', '-'], { stdin: named })).code).toBe(1);
  });

  it('runs every case of a text', async () => {
    const two = `${FULL_BLOCK_CASE}\n${FULL_BLOCK_CASE.replace('v6.4', 'v6.5')}`;
    const { code, stdout } = await run(['replay', '-'], { stdin: two });
    expect(code).toBe(1);
    expect(stdout.match(/^(Case|Observation) .*$/gm)).toEqual([
      'Case 1 of 2 on v6.4: still violated',
      'Observation no-stale-alias: violated 1, in 4 operations (not certified)',
      'Case 2 of 2 on v6.5: fixed',
      'Observation no-stale-alias: holds, in 4 operations',
    ]);
  });

  it('says of every case what became of it; the highest exit code counts', async () => {
    const gone = FULL_BLOCK_CASE.replace('v6.4', 'v3.14');
    const three = [FULL_BLOCK_CASE.replace('v6.4', 'v6.5'), FULL_BLOCK_CASE, gone].join('\n');
    const { code, stdout, stderr } = await run(['replay', '-'], { stdin: three });
    expect([code, stderr]).toEqual([2, '']);
    expect(stdout.match(/^Case .*$/gm)).toEqual([
      'Case 1 of 3 on v6.5: fixed',
      'Case 2 of 3 on v6.4: still violated',
      'Case 3 of 3 on v3.14: expired: unknown policy "v3.14"; did you mean',
    ]);
    const json = await run(['replay', '-', '--json'], { stdin: three });
    const statuses = JSON.parse(json.stdout).cases.map((one: { status: string }) => one.status);
    expect([json.code, statuses]).toEqual([2, ['fixed', 'still violated', 'expired']]);
    const other = await run(['replay', '-', '--policy', 'v6.1'], { stdin: three });
    expect([other.code, other.stdout.match(/^Case .*$/gm)]).toEqual([
      1,
      [
        'Case 1 of 3 on v6.1: violated',
        'Case 2 of 3 on v6.1: violated',
        'Case 3 of 3 on v6.1: violated',
      ],
    ]);
  });

  it('says where another policy parts from it', async () => {
    const part = 'v6.4 and v6.5 part in operation 4, vm_unmap_aliases():';
    const against = await run(['replay', '-', '--against', 'v6.5'], { stdin: FULL_BLOCK_CASE });
    expect([against.code, against.stdout]).toEqual([1, expect.stringContaining(part)]);
    const on = await run(['replay', '-', '--policy', 'v6.5'], { stdin: FULL_BLOCK_CASE });
    expect([on.code, on.stdout]).toEqual([0, expect.stringContaining(part)]);
    const race = await run(['replay', '-', '--against', 'exact'], { stdin: RACE });
    expect(race.stdout).toContain('v6.5 and exact part in vm_unmap_aliases() of task 1:');
    const never = await run(['replay', '-', '--against', 'v6.1'], { stdin: RACE });
    expect(never.stdout).toContain('v6.5 and v6.1 part: on v6.1 turn 1, "task 0 until');
  });

  it('prints the case alone, or in Markdown', async () => {
    const bare = await run(['replay', '-', '--format', 'case'], { stdin: FULL_BLOCK_CASE });
    expect([bare.code, (await run(['replay', '-'], { stdin: bare.stdout })).code]).toEqual([1, 1]);
    expect(bare.stdout).toMatch(/^# The case on v6\.4: still violated\nvmapcheck case 1\n/);
    const markdown = await run(['replay', '-', '--format', 'markdown'], { stdin: FULL_BLOCK_CASE });
    expect([markdown.code, markdown.stdout]).toEqual([1, expect.stringMatching(/^\| 1 \| `A/m)]);
    expect(await refusal(['replay', '-', '--format', 'html'])).toMatchInlineSnapshot(
      `"64 vmapcheck: --format: "html" is none of mail, markdown, case"`,
    );
  });

  it('gives one JSON document', async () => {
    const { code, stdout } = await run(['replay', '-', '--json'], { stdin: FULL_BLOCK_CASE });
    expect(code).toBe(1);
    expect(JSON.parse(stdout).cases).toHaveLength(1);
    await expect(stdout).toMatchFileSnapshot('full-block.json.txt');
  });
});

/** The race of a block that is all dirty, with the schedule it is seen by. */
const RACE = `vmapcheck case 1
policy    v6.5
property  no-stale-alias
machine   cpus=2 vmalloc=64 block=4 max-alloc=2
task on cpu0
  A = vm_map_ram(2)
  B = vm_map_ram(2)
  vm_unmap_ram(A)
  vm_unmap_ram(B)
task on cpu1
  vm_unmap_aliases()
schedule
  task 0 until vm_unmap_ram(B),
    after spin_unlock(&vb->lock) in vb_free, 2nd time
  task 1 to its end
end
`;

describe('a case of several tasks', () => {
  it('is run by its schedule', async () => {
    const { code, stdout, stderr } = await run(['replay', '-'], { stdin: RACE });
    expect([code, stderr]).toEqual([1, '']);
    const quoted = await run(['replay', '-'], { stdin: quotedMail(RACE) });
    expect(quoted.stdout).toBe(stdout);
    expect(stdout).toMatch(/^ {2}-- after spin_unlock\(&vb->lock\) in vb_free, 2nd time$/m);
    expect(stdout).toMatch(
      /violated 1, in 5 operations and 1 preemption\n {2}\(not certified\)\n$/,
    );
  });

  it('holds on a policy that makes the other task wait', async () => {
    const argv = ['replay', '-', '--policy', 'exact'];
    const { code, stdout } = await run(argv, { stdin: RACE });
    expect(code).toBe(0);
    expect(stdout).toMatch(/no-stale-alias: holds, in 5 operations and 1 preemption\n$/);
  });

  it('has expired on a policy that does not come by the point', async () => {
    const argv = ['replay', '-', '--policy', 'v6.1'];
    expect(await refusal(argv, { stdin: RACE })).toMatchInlineSnapshot(`
      "2 vmapcheck: cannot tell: the case of line 1 has expired on v6.1: turn 1, "task
      0 until vm_unmap_ram(B), after spin_unlock(&vb->lock) in vb_free, 2nd time",
      cannot be taken: vm_unmap_ram(B) returns without it"
    `);
  });

  it('may stand beside cases of one task', async () => {
    const { code, stdout } = await run(['replay', '-'], { stdin: FULL_BLOCK_CASE + RACE });
    expect(code).toBe(1);
    expect(stdout.match(/^(Case|Observation) .*$/gm)).toEqual([
      'Case 1 of 2 on v6.4: still violated',
      'Observation no-stale-alias: violated 1, in 4 operations (not certified)',
      'Case 2 of 2 on v6.5: still violated',
      'Observation no-stale-alias: violated 1, in 5 operations and 1 preemption',
    ]);
  });

  it('is watched by every property with a meaning if it names none', async () => {
    const bare = RACE.replace(/^property.*\n/m, '');
    const { code, stdout } = await run(['replay', '-'], { stdin: bare });
    expect(code).toBe(1);
    expect(stdout.match(/^Observation .*$/gm)).toEqual([
      'Observation no-stale-alias: violated 1, in 5 operations and 1 preemption',
    ]);
    const meaningless = RACE.replace('no-stale-alias', 'flush-exact');
    expect(await refusal(['replay', '-'], { stdin: meaningless })).toMatchInlineSnapshot(`
      "64 vmapcheck: the case of line 1: flush-exact has no meaning while several calls
      are in flight: another call may flush or unmap pages between the decision to
      flush a range and the flush"
    `);
  });

  it('is told in JSON stretch by stretch', async () => {
    const { stdout } = await run(['replay', '-', '--json'], { stdin: RACE });
    const [told] = JSON.parse(stdout).cases;
    expect([told.preemptions, told.tasks, told.verdicts[0].verdict]).toEqual([
      1,
      ['task 0 on cpu0', 'task 1 on cpu1'],
      'violated',
    ]);
    expect(told.stretches).toHaveLength(6);
    expect(told.stretches[4].violated).toEqual(['no-stale-alias']);
  });
});

describe('what cannot be replayed gets one line', () => {
  const replayed = (stdin: string, ...more: string[]) =>
    refusal(['replay', '-', ...more], { stdin });

  it('a text without a case', async () => {
    expect(await replayed('hello')).toMatchInlineSnapshot(
      `"64 vmapcheck: standard input: line 1: no line "vmapcheck case 1" in this text"`,
    );
  });

  it('a damaged case', async () => {
    const damaged = FULL_BLOCK_CASE.replace('vm_unmap_ram(A)', 'vm_unmap_rom(A)');
    expect(await replayed(damaged)).toMatchInlineSnapshot(`
      "64 vmapcheck: standard input: line 8: unknown operation "vm_unmap_rom"; did you
      mean "vm_unmap_ram"?"
    `);
  });

  it('a damaged file', async () => {
    writeFileSync(join(directory, 'two.case'), FULL_BLOCK_CASE.replace('cpus=2', 'cpus=0'));
    expect(await refusal(['replay', 'two.case'], { cwd: directory })).toMatchInlineSnapshot(
      `"64 vmapcheck: two.case: line 4: cpus: "0" is not within 1..4096"`,
    );
  });

  it('an unknown policy', async () => {
    expect(await replayed(FULL_BLOCK_CASE, '--policy', 'v6.55')).toMatchInlineSnapshot(
      `"64 vmapcheck: unknown policy "v6.55"; did you mean "v6.5"?"`,
    );
    expect(await replayed(FULL_BLOCK_CASE.replace('v6.4', 'tglx-7of6'))).toMatchInlineSnapshot(
      `
      "2 vmapcheck: cannot tell: the case of line 1 has expired: unknown policy
      "tglx-7of6"; did you mean "tglx-1of6"?"
    `,
    );
  });

  it('an unknown property', async () => {
    const unknown = FULL_BLOCK_CASE.replace('no-stale-alias', 'no-stale-aliases');
    expect(await replayed(unknown)).toMatchInlineSnapshot(`
      "2 vmapcheck: cannot tell: the case of line 1 has expired: unknown property
      "no-stale-aliases"; did you mean "no-stale-alias"?"
    `);
  });

  it('a case without a policy', async () => {
    expect(await replayed(without('policy'))).toMatchInlineSnapshot(
      `"64 vmapcheck: the case of line 1 names no policy; --policy POLICY does"`,
    );
    expect(await replayed(`${FULL_BLOCK_CASE}${without('policy')}`)).toMatchInlineSnapshot(
      `"64 vmapcheck: case 2 of line 11 names no policy; --policy POLICY does"`,
    );
  });

  it('several tasks without a schedule', async () => {
    const tasks = FULL_BLOCK_CASE.replace('  vm_unmap_al', 'task on cpu1\n  vm_unmap_al');
    expect(await replayed(tasks)).toMatchInlineSnapshot(
      `
      "2 vmapcheck: cannot tell: the case of line 1 has 2 tasks and no schedule;
      "vmapcheck explore POLICY FILE" goes through its schedules"
    `,
    );
  });

  it('a case too large for the reference', async () => {
    const large = FULL_BLOCK_CASE.replace('cpus=2', 'cpus=0-7').replace('(2)', '(1048576)');
    expect(await replayed(large)).toMatchInlineSnapshot(`
      "2 vmapcheck: cannot tell: the case of line 1 is too large for the reference,
      which goes page by page: 1048578 pages on 8 CPUs"
    `);
    expect(await replayed(large, '--json')).toMatchInlineSnapshot(`
      "2 {"verdict":"cannot tell","reason":"the case of line 1 is too large for the
      reference, which goes page by page: 1048578 pages on 8 CPUs"} vmapcheck: cannot
      tell: the case of line 1 is too large for the reference, which goes page by
      page: 1048578 pages on 8 CPUs"
    `);
  });

  it('but not one that reserves much and maps little', async () => {
    const wide = FULL_BLOCK_CASE.replace('vmalloc=64', 'vmalloc=8589934592').replace(
      'B = vm_map_ram(2)',
      'B = get_vm_area(8589934000)',
    );
    expect((await run(['replay', '-'], { stdin: wide })).code).toBe(0);
  });

  it('no file, a missing file, a directory, a second file', async () => {
    expect(await refusal(['replay'])).toMatchInlineSnapshot(
      `"64 vmapcheck: file is missing; --help shows the usage"`,
    );
    expect(await refusal(['replay', 'none.case'], { cwd: directory })).toMatchInlineSnapshot(
      `"64 vmapcheck: none.case: no such file"`,
    );
    expect(await refusal(['replay', '.'], { cwd: directory })).toMatchInlineSnapshot(
      `"64 vmapcheck: .: is a directory"`,
    );
    expect(await refusal(['replay', 'a', 'b'])).toMatchInlineSnapshot(
      `"64 vmapcheck: one file, please: "b" is a second"`,
    );
  });

  it('a file that is too long', async () => {
    writeFileSync(join(directory, 'long.case'), ' '.repeat(2 ** 20 + 1));
    expect(await refusal(['replay', 'long.case'], { cwd: directory })).toMatchInlineSnapshot(
      `"64 vmapcheck: long.case: longer than 1048576 bytes"`,
    );
  });
});
