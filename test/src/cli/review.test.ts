import { describe, expect, it } from 'vitest';
import { parseCase, parseCases } from '../../../src/scenario/case-text.ts';
import { refusal, run } from './fake-io.ts';

const EXAMPLE = 'models/policies/candidate-example.ts';
const SHORT = ['--runs', '200', '--workload', 'mail1-table'];

describe('review', () => {
  it('shows where a version differs from the one before, and nothing else', async () => {
    const { code, stdout, stderr } = await run(['review', 'v6.5', '--base', 'v6.4', ...SHORT]);
    expect([code, stderr]).toEqual([1, '']);
    // How many cases are saved is not for this test to say.
    const counts = /^\d+(?= saved)|(?<=^[a-z-]+ +)\d+(?= +(?:holds|violated))/gm;
    const [text = ''] = stdout.replaceAll(counts, 'N').split('\nvmapcheck case');
    expect(text).toMatchInlineSnapshot(`
      "v6.5 against v6.4
      Linux v6.5

      One task at a time, 200 scenarios each, seed 1:

      property            kind     v6.4      v6.5
      no-stale-alias      safety   violated  holds
      no-premature-purge  economy  violated  holds

      Programs of two tasks, interleaved:
        no difference

      N saved counterexamples, replayed on both:

      property              cases  v6.4      v6.5
      block-integrity       N     holds     violated
      flush-exact           N      violated  holds
      flushed-exactly-once  N     holds     violated
      flushed-exactly-once  N      violated  holds
      no-premature-purge    N     violated  holds
      no-stale-alias        N     violated  holds

      Costs of 1 workload:

      workload     figure     v6.4    v6.5
      mail1-table  flushes    33      9
      mail1-table  asked      26,656  2,040
      mail1-table  us x86_64  195     48.8
      mail1-table  us arm32   426     32.6

      Worse: block-integrity (saved cases).
      Better: no-stale-alias (one task at a time, saved cases);
        no-premature-purge (one task at a time, saved cases).
      "
    `);
    for (const line of stdout.split('\n')) expect(line).toMatch(/^[\x20-\x7e]{0,72}$/);
    expect(parseCases(stdout).map(({ property }) => property)).toEqual(['block-integrity']);
    expect((await run(['replay', '-'], { stdin: stdout })).code).toBe(1);
  });

  it('finds nothing between a policy and itself', async () => {
    const { code, stdout } = await run(['review', 'v6.5', '--base', 'v6.5', ...SHORT]);
    expect(code).toBe(0);
    expect(stdout.match(/ {2}no difference/g)).toHaveLength(4);
    expect(stdout).toMatch(/^The verdicts are the same\.$/m);
  });

  it('holds a file against its base, and does not fail for a matter of economy', async () => {
    const { code, stdout } = await run(['review', EXAMPLE, ...SHORT, '--json']);
    expect(code).toBe(0);
    const { base, worse, better, verdicts, cases } = JSON.parse(stdout);
    expect(cases.map((text: string) => parseCase(text).property)).toEqual(['no-premature-purge']);
    expect(base).toBe('v6.5');
    expect(worse).toEqual([{ property: 'no-premature-purge', place: 'one task at a time' }]);
    expect(better).toEqual([]);
    expect(verdicts).toHaveLength(17);
  });

  it('refuses what it cannot review', async () => {
    expect(await refusal(['review', 'v6.1', ...SHORT])).toMatchInlineSnapshot(
      `"64 vmapcheck: v6.1 changes no other policy; --base POLICY names one"`,
    );
    expect(await refusal(['review', 'v6.5', '--workload', 'mail1-tabel'])).toMatchInlineSnapshot(
      `"64 vmapcheck: unknown workload "mail1-tabel"; did you mean "mail1-table"?"`,
    );
    expect(await refusal(['review', 'v6.5', '--base', 'v6.44'])).toMatchInlineSnapshot(
      `"64 vmapcheck: unknown policy "v6.44"; did you mean "v6.4"?"`,
    );
  });
});
