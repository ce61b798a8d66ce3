import { describe, expect, it } from 'vitest';
import { wrapWords } from '../../../src/report/words.ts';
import { printCase } from '../../../src/scenario/case-print.ts';
import { parseCase } from '../../../src/scenario/case-text.ts';
import { ScenarioError } from '../../../src/scenario/errors.ts';
import { ordinal } from '../../../src/scenario/schedule-text.ts';

/** A case of two tasks with these lines below `schedule`. */
function caseWith(...lines: string[]): string {
  return [
    'vmapcheck case 1',
    'machine   cpus=2 vmalloc=64 block=4 max-alloc=2',
    'task on cpu0',
    '  A = vm_map_ram(2)',
    '  vm_unmap_ram(A, 2)',
    '  vm_unmap_aliases()',
    'task on cpu1',
    '  vm_unmap_aliases()',
    '  vm_unmap_aliases()',
    'schedule',
    ...lines.map((line) => `  ${line}`),
    'end',
    '',
  ].join('\n');
}

/** The turns of a case, printed. */
function turns(...lines: string[]): string[] {
  const printed = printCase(parseCase(caseWith(...lines)));
  return printed.slice(printed.indexOf('schedule\n')).split('\n').slice(1, -2);
}

describe('a schedule', () => {
  it('is read and printed', () => {
    const text = caseWith(
      'task 0 until vm_unmap_ram(A, 2),',
      '  after spin_unlock(&vb->lock) in vb_free, 2nd time',
      'task 1 until the 2nd vm_unmap_aliases() begins',
      'task 0 until vm_unmap_ram(A, 2) returns',
      'worker 0 until it begins',
      'worker 0 until it,',
      '  waiting at spin_lock(&free_vmap_area_lock) in __purge_vmap_area_lazy',
      'task 1 to its end',
    );
    expect(printCase(parseCase(text))).toBe(text);
    expect(parseCase(text).scenario.schedule?.[0]).toEqual({
      kind: 'task',
      number: 0,
      until: {
        kind: 'after',
        operation: 1,
        point: { text: 'spin_unlock(&vb->lock)', inFunction: 'vb_free', nth: 2 },
      },
    });
  });

  it('may be broken into lines anywhere, and have comments', () => {
    expect(
      turns(
        'task 0',
        'until   vm_unmap_ram(A,2),   # the window opens',
        '# and here it is',
        'after xa_load  in',
        'vb_free',
      ),
    ).toEqual(['  task 0 until vm_unmap_ram(A, 2), after xa_load in vb_free']);
  });

  it('may be empty: no turn is laid down', () => {
    expect(parseCase(caseWith()).scenario.schedule).toEqual([]);
    expect(printCase(parseCase(caseWith()))).toBe(caseWith());
  });

  it('tells operations that read the same by their number', () => {
    expect(turns('task 1 until vm_unmap_aliases() returns')).toEqual([
      '  task 1 until the 1st vm_unmap_aliases() returns',
    ]);
    expect(turns('task 0 until vm_unmap_aliases() returns')).toEqual([
      '  task 0 until vm_unmap_aliases() returns',
    ]);
  });

  it('stays within 72 columns as far as names do', () => {
    expect(
      turns(
        'task 1 until the 2nd vm_unmap_aliases(), waiting at spin_lock(&purge_vmap_area_lock) in ' +
          'reclaim_and_purge_vmap_areas, 2nd time',
      ),
    ).toEqual([
      '  task 1 until the 2nd vm_unmap_aliases(),',
      '    waiting at spin_lock(&purge_vmap_area_lock)',
      '    in reclaim_and_purge_vmap_areas, 2nd time',
    ]);
  });
});

describe('what is no schedule gets one line', () => {
  const refused = (text: string): string => {
    try {
      parseCase(text);
      return 'accepted';
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      return wrapWords(error.message, 80).join('\n');
    }
  };
  const refusedTurn = (...lines: string[]): string => refused(caseWith(...lines));

  it('a line that is no turn', () => {
    expect(refusedTurn('run task 0')).toMatchInlineSnapshot(
      `
      "line 11: "run task 0" is not a turn, as in "task 0 to its end" or "task 0 until
      vfree(A) returns""
    `,
    );
    expect(refusedTurn('task 0')).toMatchInlineSnapshot(
      `
      "line 11: "task 0" is not a turn, as in "task 0 to its end" or "task 0 until
      vfree(A) returns""
    `,
    );
    expect(refusedTurn('task on cpu0')).toMatchInlineSnapshot(
      `
      "line 11: "task on cpu0" is not a turn, as in "task 0 to its end" or "task 0
      until vfree(A) returns""
    `,
    );
    expect(refusedTurn('task 0 to its end', 'A = vmap(1)')).toMatchInlineSnapshot(
      `
      "line 11: "task 0 to its end A = vmap(1)" is not a turn, as in "task 0 to its
      end" or "task 0 until vfree(A) returns""
    `,
    );
  });

  it('a task or an operation that there is not', () => {
    expect(refusedTurn('task 2 to its end')).toMatchInlineSnapshot(
      `"line 11: there is no task 2; the first is task 0"`,
    );
    expect(refusedTurn('task 0 until vfree(A) returns')).toMatchInlineSnapshot(
      `"line 11: task 0 has no operation "vfree(A)""`,
    );
    expect(refusedTurn('task 0 until the 2nd vm_unmap_ram(A, 2) begins')).toMatchInlineSnapshot(
      `"line 11: task 0 has no operation "the 2nd vm_unmap_ram(A, 2)""`,
    );
    expect(refusedTurn('task 0 until vm_unmap_rom(A) begins')).toMatchInlineSnapshot(
      `"line 11: unknown operation "vm_unmap_rom"; did you mean "vm_unmap_ram"?"`,
    );
    expect(refusedTurn('worker 1 until vfree(A) begins')).toMatchInlineSnapshot(
      `
      "line 11: until "vfree(A) begins" is no place, as in "task 0 to its end" or "task
      0 until vfree(A) returns""
    `,
    );
  });

  it('a place that is none', () => {
    expect(refusedTurn('task 0 until vm_unmap_aliases()')).toMatchInlineSnapshot(
      `
      "line 11: until "vm_unmap_aliases()" is no place, as in "task 0 to its end" or
      "task 0 until vfree(A) returns""
    `,
    );
    expect(refusedTurn('task 0 until vm_unmap_aliases(), before xa_load')).toMatchInlineSnapshot(
      `
      "line 11: "before xa_load" is neither "after POINT in FUNCTION" nor "waiting at
      POINT in FUNCTION""
    `,
    );
    expect(
      refusedTurn('task 0 until vm_unmap_aliases(), after xa_load in f, two time'),
    ).toMatchInlineSnapshot(`"line 11: "two" is not 1st, 2nd, ..."`);
    expect(
      refusedTurn('task 0 until vm_unmap_aliases(), after xa_load in f, 0th time'),
    ).toMatchInlineSnapshot(`"line 11: time: "0" is not within 1..9007199254740991"`);
  });

  it('a schedule that stands elsewhere, or twice', () => {
    expect(refusedTurn('schedule')).toMatchInlineSnapshot(`"line 11: a second schedule line"`);
    const above = caseWith().replace('task on cpu0', 'schedule\ntask on cpu0');
    expect(refused(above)).toMatchInlineSnapshot(`"line 3: the schedule belongs below the tasks"`);
    expect(refusedTurn('machine cpus=1')).toMatchInlineSnapshot(
      `"line 11: the machine line belongs above the first task"`,
    );
  });

  it('too many turns', () => {
    const many = Array.from({ length: 10_001 }, () => 'task 0 to its end');
    expect(refusedTurn(...many)).toMatchInlineSnapshot(`"line 10011: more than 10000 turns"`);
  });
});

it('ordinals', () => {
  expect([1, 2, 3, 4, 11, 12, 13, 21, 102, 111].map(ordinal).join(' ')).toBe(
    '1st 2nd 3rd 4th 11th 12th 13th 21st 102nd 111th',
  );
});
