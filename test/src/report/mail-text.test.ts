import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mailText } from '../../../src/report/mail-text.ts';
import { parseCase } from '../../../src/scenario/case-text.ts';
import { raceCase, savedCase, toldOn } from './told-cases.ts';

const SAVED = [
  ['no-stale-alias', 'rfc-3of3'],
  ['flushed-exactly-once', 'v6.1'],
  ['flush-exact', 'v6.1'],
  ['no-premature-purge', 'v6.1'],
  ['no-spurious-failure', 'v6.4'],
  ['vread-exact', 'v6.4'],
  ['object-lifetime', 'v6.5'],
  ['block-integrity', 'v6.5'],
  ['flush-before-reuse', 'mail1-skip-blocks'],
] as const;

describe('the mail form', () => {
  it.each(SAVED)('of %s on %s', async (property, policy) => {
    const text = mailText(savedCase(property, policy));
    await expect(text).toMatchFileSnapshot(`mail/${property}--${policy}.txt`);
  });

  it('of a race', async () => {
    const text = mailText(toldOn(raceCase(), 'v6.12'));
    await expect(text).toMatchFileSnapshot('mail/race.txt');
  });

  it('ends with the certificate the case has', () => {
    const told = savedCase('no-stale-alias', 'v6.4');
    const certificate = ['certified minimal: none simpler within 4 operations,', '1,234 tried.'];
    const text = mailText({ ...told, one: { ...told.one, certificate } });
    expect(text.slice(text.indexOf('Observation'))).toMatchInlineSnapshot(`
      "Observation no-stale-alias: violated 1, in 4 operations (certified
        minimal: none simpler within 4 operations, 1,234 tried)
      "
    `);
  });

  it('leaves out what words mean before it is longer than 40 lines', () => {
    const { one } = savedCase('no-stale-alias', 'v6.4');
    const [task] = one.scenario.tasks;
    const linesOf = (more: number): string[] => {
      const reads = Array.from({ length: more }, () => parseCase(READ).scenario.tasks[0]);
      const operations = [...reads.flatMap((each) => each?.operations ?? [])];
      operations.push(...(task?.operations ?? []));
      const scenario = { ...one.scenario, tasks: [{ cpu: 0, operations }] };
      return mailText(toldOn({ ...one, scenario }, 'v6.4'))
        .trimEnd()
        .split('\n');
    };
    const shown = [0, 2, 3, 40].map((more) => {
      const lines = linesOf(more);
      const has = (start: string): boolean => lines.some((line) => line.startsWith(start));
      return [lines.length, has('(a-b'), has('no-stale-alias: When'), has('Without 1')];
    });
    expect(shown).toMatchInlineSnapshot(`
      [
        [
          36,
          true,
          true,
          true,
        ],
        [
          39,
          false,
          true,
          true,
        ],
        [
          39,
          false,
          false,
          true,
        ],
        [
          114,
          true,
          true,
          false,
        ],
      ]
    `);
  });

  it('tells every property of a case that names none', () => {
    const [task] = savedCase('no-stale-alias', 'v6.4').one.scenario.tasks;
    const { one } = savedCase('no-premature-purge', 'v6.1');
    expect(task).toBeDefined();
    const text = mailText(toldOn({ ...one, property: null }, 'v6.1'));
    expect(text.slice(text.indexOf('\n('))).toMatchInlineSnapshot(`
      "
      (a-b: pages a to b-1; block: its first page, then its changed fields;
       list: its free list; stale: unmapped pages a TLB may still hold.)

      flush-exact: A flush covers dirty pages only; measured as pages asked /
        pages dirty.
      Violated in operation 3: a flush of 2 pages, 0-2: 1 of them are dirty.
      no-premature-purge: A block with at least a quarter of its pages still
        free is not thrown away unless address space ran out.
      Violated in operation 3: the block at page 0 was thrown away with 1 of
        its 2 pages still free.
      Why: Policy and promise part in operation 3, in
        __purge_vmap_area_lazy(): it flushes all of block 0, thrown away.
      Without 1 or 2: no page is stale when vm_unmap_aliases() is called.

      Observation flush-exact: violated 1, in 3 operations (not certified)
      Observation no-premature-purge: violated 1, in 3 operations (not
        certified)
      "
    `);
  });
});

const READ = 'vmapcheck case 1\ntask on cpu0\nvread(@50, 1)\nend';

/** What the longest certificates read like. */
const CERTIFICATE = [
  'certified minimal: no shorter violating scenario among',
  '10,095 programs of at most 3 operations of any kind on 3',
  'machines of 1 CPU, nor a simpler one among 14 of 4',
];

it('fits a mail for every saved case of one task: ASCII, 72 columns, 40 lines', () => {
  const names = readdirSync('counterexamples');
  expect(names.length).toBeGreaterThan(20);
  for (const name of names) {
    const one = parseCase(readFileSync(`counterexamples/${name}`, 'utf8'));
    const [task, ...others] = one.scenario.tasks;
    if (task === undefined || others.length > 0) continue;
    // Not all of the short ones: there are hundreds, much alike.
    if (task.operations.length < 6 && !name.includes('--v6.')) continue;
    const told = toldOn(one, one.policy ?? '');
    const text = mailText({ ...told, one: { ...told.one, certificate: CERTIFICATE } });
    const lines = text.trimEnd().split('\n');
    expect(lines.filter((line) => !/^[ -~]{0,72}$/.test(line) || / $/.test(line))).toEqual([]);
    expect(lines.length, name).toBeLessThanOrEqual(40);
  }
});
