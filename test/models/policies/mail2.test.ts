import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { see } from './see.ts';

const FOLDER = new URL('../../../scenarios/', import.meta.url);

function mailCase(name: string): string {
  return readFileSync(new URL(`${name}.case`, FOLDER), 'utf8');
}

describe('rfc-3of3', () => {
  it('leaves fully used blocks stale', () => {
    expect(see('rfc-3of3', mailCase('mail1-2-table-as-written'))).toMatchObject({
      violated: ['no-stale-alias'],
      flushes: [],
    });
  });

  it('flushes the same range again and again, and more of it each time', () => {
    expect(see('rfc-3of3', mailCase('mail1-3-table-4-pages-left')).flushes).toEqual([
      '256 pages at 0, 255 dirty',
      '256 pages at 0, 0 dirty',
      '512 pages at 0, 255 dirty',
      '512 pages at 0, 0 dirty',
    ]);
  });

  it('throws the block away that was allocated last', () => {
    expect(see('rfc-3of3', mailCase('mail1-1-block-thrown-away'))).toMatchObject({
      violated: ['flush-exact', 'no-premature-purge'],
      blocks: 2,
    });
  });

  it('flushes a block of dirty and free pages as v6.1 does: whole, and once', () => {
    expect(see('rfc-3of3', mailCase('mail2-2-dirty-free')).flushes).toEqual([
      '1024 pages at 0, 6 dirty',
    ]);
  });

  // What it changes is who may run in between, and how often a block is looked at.
  it('asks for the flushes that v6.1 asks for, in every scenario of the mails', () => {
    for (const file of readdirSync(FOLDER).filter((name) => name.startsWith('mail'))) {
      const text = mailCase(file.slice(0, -'.case'.length));
      expect(see('rfc-3of3', text), file).toEqual(see('v6.1', text));
    }
  });
});
