import { describe, expect, it } from 'vitest';
import { printCase } from '../../../src/scenario/case-print.ts';
import { parseCase, parseCases } from '../../../src/scenario/case-text.ts';
import { ScenarioError } from '../../../src/scenario/errors.ts';
import { DEFAULT_MACHINE } from '../../../src/scenario/machine.ts';

const EXAMPLE = `vmapcheck case 1
policy    v6.4
property  no-stale-alias
machine   cpus=2 vmalloc=64 block=4 max-alloc=2 lazy-max=64
task on cpu0
  A = vm_map_ram(2)
  B = vm_map_ram(2)
  vm_unmap_ram(A)
  vm_unmap_aliases()
observed  page A+0 may still be held by cpu0
observed  since  vm_unmap_ram(A)
certificate no simpler one within 4 operations, 1,234 tried
end
`;

/** Line 1 is the version line, line 2 the task, line 3 the first of these. */
function bare(...lines: string[]): string {
  return ['vmapcheck case 1', 'task on cpu0', ...lines, 'end'].join('\n');
}

describe('parseCase', () => {
  it('reads the example', () => {
    const read = parseCase(EXAMPLE);
    expect(read).toEqual({
      policy: 'v6.4',
      property: 'no-stale-alias',
      scenario: {
        machine: { ...DEFAULT_MACHINE, lazyMaxPages: 64 },
        tasks: [
          {
            cpu: 0,
            operations: [
              { kind: 'vm_map_ram', area: 'A', pages: 2 },
              { kind: 'vm_map_ram', area: 'B', pages: 2 },
              { kind: 'vm_unmap_ram', at: { area: 'A', offset: 0 }, pages: null },
              { kind: 'vm_unmap_aliases' },
            ],
          },
        ],
      },
      observed: ['page A+0 may still be held by cpu0', 'since  vm_unmap_ram(A)'],
      certificate: ['no simpler one within 4 operations, 1,234 tried'],
    });
    expect(printCase(read)).toBe(EXAMPLE);
  });

  it('reads a bare scenario on the default machine', () => {
    const read = parseCase(bare());
    expect(read).toEqual({
      policy: null,
      property: null,
      scenario: { machine: DEFAULT_MACHINE, tasks: [{ cpu: 0, operations: [] }] },
      observed: [],
      certificate: [],
    });
  });

  it('reads several tasks, which share their names', () => {
    const read = parseCase(bare('A = vmap(1)', 'task on cpu1', 'vunmap(A)'));
    expect(read.scenario.tasks.map((task) => [task.cpu, task.operations.length])).toEqual([
      [0, 1],
      [1, 1],
    ]);
  });

  it('takes comments, blank lines, CRLF, any indentation and a machine in two lines', () => {
    const text = [
      '  vmapcheck case 1   # by hand',
      '# what the mail says',
      '',
      'policy v6.4 # the last one before the series',
      'machine cpus=1',
      'machine lazy-max=8 # pages',
      '\ttask on cpu0',
      '        A = vm_map_ram(2)     # 0 - 1',
      '\u00a0\u00a0vm_unmap_ram(A)',
      'observed # belongs to the prose',
      'end # of it',
      '',
    ];
    const read = parseCase(text.join('\r\n'));
    expect(read.policy).toBe('v6.4');
    expect(read.scenario.machine).toMatchObject({ onlineCpus: [0], lazyMaxPages: 8 });
    expect(read.scenario.tasks[0]?.operations).toHaveLength(2);
    expect(read.observed).toEqual(['# belongs to the prose']);
  });

  it.each([
    ['no case at all', 'dear all,\n', 1, 'no line "vmapcheck case 1" in this text'],
    ['an empty text', '', 1, 'no line "vmapcheck case 1" in this text'],
    [
      'a later format',
      'vmapcheck case 2\nend',
      1,
      'format version "2"; this vmapcheck reads version 1',
    ],
    [
      'a cut text',
      EXAMPLE.slice(0, -5),
      12,
      'the case of line 1 has no "end" at the end of the text',
    ],
    [
      'a case within a case',
      `hi\n${bare().slice(0, -3)}${EXAMPLE}`,
      4,
      'the case of line 2 has no "end" before the next one',
    ],
    ['two cases', `${EXAMPLE}${EXAMPLE}`, 14, 'a second case in this text'],
    [
      'no task',
      'vmapcheck case 1\nend',
      2,
      'the case has no task; add a line such as "task on cpu0"',
    ],
    [
      'an unknown header',
      'vmapcheck case 1\npolcy v6.4',
      2,
      'unknown key "polcy"; did you mean "policy"?',
    ],
    ['an odd header', 'vmapcheck case 1\ncolour blue', 2, 'unknown key "colour"'],
    [
      'a header typed wrongly below',
      bare('obsreved hm'),
      3,
      'unknown key "obsreved"; did you mean "observed"?',
    ],
    [
      'a header twice',
      'vmapcheck case 1\npolicy a\npolicy b',
      3,
      'a second policy line; the first is line 2',
    ],
    ['a header without value', 'vmapcheck case 1\nproperty', 2, 'property lacks its value'],
    [
      'an odd property',
      'vmapcheck case 1\nproperty ../x',
      2,
      '"../x" is not a property, such as no-stale-alias',
    ],
    ['a late header', bare('machine cpus=1'), 3, 'the machine line belongs above the first task'],
    [
      'a machine that does not fit',
      'vmapcheck case 1\nmachine cpus=1\nmachine block=3\ntask on cpu0\nend',
      3,
      'block: 3 must be a power of two, at least 4 as max-alloc is 2',
    ],
    [
      'an operation without a task',
      'vmapcheck case 1\nA = vmap(1)',
      2,
      'an operation above the first "task on cpuN" line',
    ],
    ['an odd task', 'vmapcheck case 1\ntask cpu0', 2, 'a task is written "task on cpuN"'],
    [
      'a task on no CPU',
      'vmapcheck case 1\ntask on cpu2\nend',
      2,
      'cpu2 is not a CPU of this machine',
    ],
    [
      'an offline CPU',
      'vmapcheck case 1\nmachine online=0\ntask on cpu0\n  migrate(1)\nend',
      4,
      'cpu1 is not online',
    ],
    ['a touch on no CPU', bare('touch(@1) on cpu9'), 3, 'cpu9 is not a CPU of this machine'],
    ['an unknown area', bare('A = vmap(1)', 'vunmap(B)'), 4, 'area B is not assigned above'],
    ['an area used too early', bare('vunmap(A)', 'A = vmap(1)'), 3, 'area A is not assigned above'],
    [
      'an area assigned twice',
      bare('A = vmap(1)', 'task on cpu1', 'A = vmap(1)'),
      5,
      'area A is assigned already, on line 3',
    ],
    [
      'a control character',
      bare('observed \u001b[2J'),
      3,
      '"observed ?[2J" holds a control character',
    ],
    [
      'a call without parentheses',
      bare('vm_unmap_aliases'),
      3,
      'vm_unmap_aliases is written vm_unmap_aliases()',
    ],
  ])('refuses %s', (_, text, line, problem) => {
    expect(() => parseCase(text)).toThrow(new ScenarioError(line, problem));
  });

  it('shows no more than a piece of a long line', () => {
    expect(() => parseCase(bare('x'.repeat(100_000)))).toThrow(
      `line 3: "${'x'.repeat(40)}..." is not an operation, such as A = vmalloc(3) or vfree(A)`,
    );
  });

  it('takes 10,000 operations and not one more', () => {
    const operations = Array.from({ length: 10_000 }, () => 'run_work()');
    expect(parseCase(bare(...operations)).scenario.tasks[0]?.operations).toHaveLength(10_000);
    expect(() => parseCase(bare(...operations, 'run_work()'))).toThrow(
      'line 10003: more than 10000 operations',
    );
  });

  it('takes 1,000 tasks and not one more', () => {
    const tasks = Array.from({ length: 999 }, () => 'task on cpu1');
    expect(parseCase(bare(...tasks)).scenario.tasks).toHaveLength(1_000);
    expect(() => parseCase(bare(...tasks, 'task on cpu1'))).toThrow(
      'line 1002: more than 1000 tasks',
    );
  });

  it('takes 1 MiB and not one byte more', () => {
    const room = 2 ** 20 - EXAMPLE.length;
    expect(parseCase(`${EXAMPLE}${'\n'.repeat(room)}`).policy).toBe('v6.4');
    expect(() => parseCase(`${EXAMPLE}${'é'.repeat(Math.floor(room / 2) + 1)}`)).toThrow(
      'line 14: the text is longer than 1048576 bytes',
    );
  });
});

describe('parseCases', () => {
  it('finds every case of a mail, each quoted in its own way', () => {
    const once = EXAMPLE.trimEnd().replaceAll(/^/gm, '> ');
    const twice = EXAMPLE.trimEnd().replaceAll(/^/gm, '>> ');
    const spaced = EXAMPLE.trimEnd().replaceAll(/^/gm, ' > > ');
    const tight = EXAMPLE.trimEnd().replaceAll(/^/gm, '>');
    const mail = ['Hi,', once, '>', EXAMPLE, 'And', twice, spaced, tight, '-- ', 'me'].join('\n');
    const one = parseCase(EXAMPLE);
    expect(parseCases(mail)).toEqual([one, one, one, one, one]);
  });

  it('takes a quoted blank line with or without its mark', () => {
    const [read] = parseCases('> vmapcheck case 1\n>\n\n>> \n> task on cpu0\n> end');
    expect(read?.scenario.tasks).toEqual([{ cpu: 0, operations: [] }]);
  });

  it('refuses a line quoted otherwise than the case, such as a reply or a wrapped line', () => {
    const quoted = bare('vm_unmap_aliases()').replaceAll(/^/gm, '> ');
    expect(() => parseCases(quoted.replace('> vm_un', 'vm_un'))).toThrow(
      'line 3: 0 quote marks, but the case starts with 1 on line 1',
    );
    expect(() => parseCases(quoted.replace('> vm_un', '> > vm_un'))).toThrow(
      'line 3: 2 quote marks, but the case starts with 1 on line 1',
    );
  });

  it('does not take prose for a case', () => {
    expect(() => parseCases('vmapcheck case\nthe vmapcheck case 1\nvmapcheck case study')).toThrow(
      'no line "vmapcheck case 1"',
    );
  });

  it('takes 1,000 cases and not one more', () => {
    const text = `${bare()}\n`.repeat(1_000);
    expect(parseCases(text)).toHaveLength(1_000);
    expect(() => parseCases(`${text}${bare()}`)).toThrow('line 3001: more than 1000 cases');
  });
});

describe('printCase', () => {
  it('parts a long machine into lines that fit a mail', () => {
    const spec =
      'cpus=0,2,4,6 online=0,2 vmalloc=8589934592 modules=1048576 ram=16777216 block=1024 ' +
      'max-alloc=512 lazy-max=17179869184 arch=arm64-rangetlbi';
    const read = parseCase(`vmapcheck case 1\nmachine ${spec}\ntask on cpu0\nend`);
    const text = printCase(read);
    expect(text.split('\n').filter((line) => line.startsWith('machine'))).toEqual([
      'machine   cpus=0,2,4,6 online=0,2 vmalloc=8589934592 modules=1048576',
      'machine   ram=16777216 block=1024 max-alloc=512 lazy-max=17179869184',
      'machine   arch=arm64-rangetlbi',
    ]);
    expect(parseCase(text)).toEqual(read);
  });
});
