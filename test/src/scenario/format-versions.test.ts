import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FORMAT_VERSION } from '../../../src/scenario/case.ts';
import { parseCase } from '../../../src/scenario/case-text.ts';
import { run } from '../cli/fake-io.ts';

/**
 * Cases as each version of the format was written, and what they meant then. They are never written
 * anew: a mail that was sent does not change either.
 */
const FOLDER = 'test/src/scenario/formats';
const SAMPLES = readdirSync(FOLDER).filter((name) => name.endsWith('.case'));

const textOf = (name: string): string => readFileSync(`${FOLDER}/${name}`, 'utf8');

describe('a case of an earlier version', () => {
  it('is kept of every version there is', () => {
    const versions = new Set(SAMPLES.map((name) => Number(/^v(\d+)-/.exec(name)?.[1])));
    expect([...versions].sort()).toEqual(Array.from({ length: FORMAT_VERSION }, (_, n) => n + 1));
    for (const name of SAMPLES) {
      const version = /^v(\d+)-/.exec(name)?.[1];
      expect(textOf(name)).toMatch(new RegExp(`^vmapcheck case ${version}$`, 'm'));
    }
  });

  it.each(SAMPLES)('%s means what it meant, defaults of the machine included', (name) => {
    const meant: unknown = JSON.parse(textOf(name.replace(/case$/, 'json')));
    expect(parseCase(textOf(name))).toEqual(meant);
  });

  it.each([
    ['v1-fully-used-block.case', 1, 'still violated'],
    ['v1-race.case', 1, 'still violated'],
  ])('%s is still replayed', async (name, code, status) => {
    const replayed = await run(['replay', `${FOLDER}/${name}`]);
    expect([replayed.code, replayed.stderr]).toEqual([code, '']);
    expect(replayed.stdout).toMatch(new RegExp(`^The case on v[0-9.]+: ${status}$`, 'm'));
  });
});

it('one of a later version is refused, and so is what is no version', () => {
  const case1 = textOf('v1-nothing-said.case');
  const later = `${FORMAT_VERSION + 1}`;
  for (const version of [later, '0', '01', '1.0', '1x']) {
    expect(() => parseCase(case1.replace('case 1', `case ${version}`))).toThrow(
      `line 1: format version "${version}"; this vmapcheck reads version 1`,
    );
  }
});
