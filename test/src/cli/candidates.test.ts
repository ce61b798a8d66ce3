import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusal, run } from './fake-io.ts';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'vmapcheck-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Checks a candidate whose file holds this text. */
function checkText(file: string, text: string, ...more: string[]) {
  writeFileSync(join(directory, file), text);
  return refusal(['check', `./${file}`, '--property', 'no-stale-alias', ...more], {
    cwd: directory,
  });
}

/** A candidate whose class has this body. */
const withBody = (body: string): string => `export default {
  base: 'v6.5', title: 'test', apply: (Base) => class extends Base {
    ${body}
  },
};`;

describe('the example', () => {
  const example = 'models/policies/candidate-example.ts';

  it('works, and does what it says it does', async () => {
    const argv = ['check', example, '--property', 'no-premature-purge', '--runs', '500'];
    const { code, stdout, stderr } = await run(argv);
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toMatch(/violated, in \d operations/);
    expect(stdout).toContain('known: a block with a quarter of its pages free');
    const replayed = await run(['replay', '-'], { stdin: stdout });
    expect(replayed.code).toBe(1);
    expect((await run(['replay', '-', '--policy', 'v6.5'], { stdin: stdout })).code).toBe(0);
  });
});

describe('a candidate that cannot be used gets one line', () => {
  it('no such file', async () => {
    expect(await refusal(['check', './none.ts'], { cwd: directory })).toMatchInlineSnapshot(
      `"64 vmapcheck: ./none.ts: no such file"`,
    );
    expect(await refusal(['check', './'], { cwd: directory })).toMatchInlineSnapshot(
      `"64 vmapcheck: ./: is not a file"`,
    );
  });

  it('throws when it is imported', async () => {
    const text = `\nthrow new RangeError('first\\nsecond');`;
    expect(await checkText('throws.ts', text)).toMatchInlineSnapshot(
      `"64 vmapcheck: ./throws.ts: cannot be loaded: RangeError: first second (line 2)"`,
    );
    expect(await checkText('nothing.ts', 'throw undefined;')).toMatchInlineSnapshot(
      `"64 vmapcheck: ./nothing.ts: cannot be loaded: undefined was thrown"`,
    );
  });

  it('exports nothing by default', async () => {
    expect(await checkText('bare.ts', 'export const base = 1;')).toMatchInlineSnapshot(`
      "64 vmapcheck: ./bare.ts: has no default export; it should be { base, title,
      apply }"
    `);
  });

  it('exports something else', async () => {
    const exported = (file: string, value: string) => checkText(file, `export default ${value};`);
    expect(await exported('a.ts', 'null')).toMatchInlineSnapshot(
      `"64 vmapcheck: ./a.ts: default export: must be an object { base, title, apply }"`,
    );
    expect(await exported('b.ts', `{ title: 'x' }`)).toMatchInlineSnapshot(
      `"64 vmapcheck: ./b.ts: base: is missing"`,
    );
    expect(await exported('c.ts', `{ base: 'v6.55', title: 'x' }`)).toMatchInlineSnapshot(
      `"64 vmapcheck: ./c.ts: base: "v6.55" is no built-in policy; did you mean "v6.5"?"`,
    );
    expect(
      await exported('d.ts', `{ base: 'v6.5', title: 'x', patch: [] }`),
    ).toMatchInlineSnapshot(`
      "64 vmapcheck: ./d.ts: default export: unknown patch; known are base, title,
      source, apply, patches, expected"
    `);
    expect(await exported('e.ts', `{ base: 'v6.5', title: 'x', apply: 3 }`)).toMatchInlineSnapshot(`
      "64 vmapcheck: ./e.ts: apply: must be a function that takes a class and returns
      one"
    `);
    const expected = `{ 'no-stale-alias': { verdict: 'maybe', source: 'x' } }`;
    const text = `{ base: 'v6.5', title: 'x', expected: ${expected} }`;
    expect(await exported('f.ts', text)).toMatchInlineSnapshot(`
      "64 vmapcheck: ./f.ts: expected.no-stale-alias.verdict: must be "holds" or
      "violated""
    `);
  });

  it('expects something of a property that does not exist', async () => {
    const expected = `{ 'no-stale-alais': { verdict: 'holds', source: 'x' } }`;
    const text = `export default { base: 'v6.5', title: 'x', expected: ${expected} };`;
    expect(await checkText('expects.ts', text)).toMatchInlineSnapshot(`
      "64 vmapcheck: ./expects.ts: expected: no property "no-stale-alais"; did you mean
      "no-stale-alias"?"
    `);
  });

  it('has an apply that throws or returns no kernel', async () => {
    const applied = (file: string, apply: string) =>
      checkText(file, `export default { base: 'v6.5', title: 'x', apply: ${apply} };`);
    expect(await applied('g.ts', `() => {\nthrow new TypeError('bad'); }`)).toMatchInlineSnapshot(
      `"64 vmapcheck: ./g.ts: apply fails: TypeError: bad (line 2)"`,
    );
    expect(await applied('h.ts', '() => undefined')).toMatchInlineSnapshot(`
      "64 vmapcheck: ./h.ts: apply returns undefined, not a class that extends the one
      it is given"
    `);
    expect(await applied('i.ts', '() => class {}')).toMatchInlineSnapshot(`
      "64 vmapcheck: ./i.ts: apply returns a class that does not extend the one it is
      given"
    `);
    const patch = `{ name: 'p', title: 'x', source: 'x', apply: () => 7 }`;
    const patches = `export default { base: 'v6.5', title: 'x', patches: [${patch}] };`;
    expect(await checkText('j.ts', patches)).toMatchInlineSnapshot(`
      "64 vmapcheck: ./j.ts: patch p returns 7, not a class that extends the one it is
      given"
    `);
  });

  it('lacks a function', async () => {
    expect(await checkText('k.ts', withBody('vb_free = undefined;'))).toMatchInlineSnapshot(
      `"64 vmapcheck: ./k.ts: its kernel lacks vb_free(), or has no function there"`,
    );
  });

  it('does not boot', async () => {
    const body = `vmalloc_init() { throw new Error('not today'); }`;
    expect(await checkText('l.ts', withBody(body))).toMatchInlineSnapshot(
      `"64 vmapcheck: ./l.ts: its kernel does not boot: not today (line 3)"`,
    );
  });

  it('has a plain function where a generator belongs', async () => {
    expect(await checkText('m.ts', withBody('vb_alloc(n) { return 3; }'))).toMatchInlineSnapshot(`
      "64 vmapcheck: ./m.ts: vm_map_ram(pages 2) fails: TypeError: what is called is
      not iterable; vb_alloc() is no generator: write *vb_alloc()"
    `);
  });

  it('throws at the first call, or returns nothing', async () => {
    const throwing = withBody('*vm_unmap_aliases() {\n this.flush_all(); }');
    expect(await checkText('n.ts', throwing)).toMatchInlineSnapshot(`
      "64 vmapcheck: ./n.ts: vm_unmap_aliases() fails: TypeError: this.flush_all is not
      a function (line 4)"
    `);
    expect(await checkText('o.ts', withBody('*vm_map_ram() {}'))).toMatchInlineSnapshot(`
      "64 vmapcheck: ./o.ts: vm_map_ram(pages 2) fails: returned undefined, not a
      number"
    `);
  });
});

describe('a candidate that fails in the middle of a check gets one line, and no verdict', () => {
  const late = withBody(`calls = 0;
    *vm_unmap_aliases() {
      if (++this.calls > 5) this.flush_all();
      yield* super.vm_unmap_aliases();
    }`);

  it('throws', async () => {
    expect(await checkText('late.ts', late)).toMatchInlineSnapshot(`
      "2 vmapcheck: cannot tell: ./late.ts: vm_unmap_aliases() fails: TypeError:
      this.flush_all is not a function (line 5)"
    `);
    expect(await checkText('late.ts', late, '--json')).toMatchInlineSnapshot(`
      "2 {"verdict":"cannot tell","reason":"./late.ts: vm_unmap_aliases() fails:
      TypeError: this.flush_all is not a function (line 5)"} vmapcheck: cannot tell:
      ./late.ts: vm_unmap_aliases() fails: TypeError: this.flush_all is not a function
      (line 5)"
    `);
  });

  it('throws when a case is replayed', async () => {
    const calls = '  vm_unmap_aliases()\n'.repeat(6);
    const stdin = `vmapcheck case 1\npolicy ./late.ts\ntask on cpu0\n${calls}end\n`;
    expect(await refusal(['replay', '-'], { stdin, cwd: directory })).toMatchInlineSnapshot(`
      "2 vmapcheck: cannot tell: ./late.ts: vm_unmap_aliases() fails: TypeError:
      this.flush_all is not a function (line 5)"
    `);
  });

  it('keeps state from one machine to the next', async () => {
    const text = `let calls = 0;\n${withBody(`*vm_unmap_aliases() {
      if (++calls % 100 !== 0) yield* super.vm_unmap_aliases();
    }`)}`;
    expect(await checkText('moody.ts', text)).toMatchInlineSnapshot(`
      "2 vmapcheck: cannot tell: ./moody.ts: a scenario that violated a property did
      not when it was run again: it keeps state from one machine to the next"
    `);
  });
});
