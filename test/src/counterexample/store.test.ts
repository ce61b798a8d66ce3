import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FileCalls, NODE_FILE_CALLS } from '../../../src/counterexample/atomic-write.ts';
import type { Counterexample } from '../../../src/counterexample/schema.ts';
import { loadCases, saveCase } from '../../../src/counterexample/store.ts';
import { printCase } from '../../../src/scenario/case-print.ts';
import { ScenarioError } from '../../../src/scenario/errors.ts';
import { anyCounterexample } from './counterexample.ts';

let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vmapcheck-store-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** All files of the store, hidden ones included, with what they hold. */
function contents(): Record<string, string> {
  const names = readdirSync(directory).sort();
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(join(directory, name), 'utf8')]),
  );
}

describe('saveCase', () => {
  it('writes the canonical text under the name of the case', () => {
    const one = anyCounterexample();
    const saved = saveCase(directory, one);
    const name = 'no-stale-alias--v6.4--c6998fad.case';
    expect(saved).toEqual({ path: join(directory, name), outcome: 'added' });
    expect(contents()).toEqual({ [name]: printCase(one) });
  });

  it('makes the directory', () => {
    const saved = saveCase(join(directory, 'a', 'b'), anyCounterexample());
    expect(readFileSync(saved.path, 'utf8')).toBe(printCase(anyCounterexample()));
  });

  it('keeps one file of equal cases, with its comments', () => {
    const { path } = saveCase(directory, anyCounterexample());
    writeFileSync(path, `# found on a Friday\n${printCase(anyCounterexample())}`);
    const before = contents();
    expect(saveCase(directory, anyCounterexample()).outcome).toBe('kept');
    expect(contents()).toEqual(before);
  });

  it('keeps what is there, unless a certificate is to be added or told anew', () => {
    const plain = anyCounterexample();
    const retold: Counterexample = { ...plain, observed: ['told anew'] };
    const certified: Counterexample = { ...plain, certificate: ['none simpler, 12 tried'] };
    const recertified: Counterexample = { ...plain, certificate: ['none simpler, 13 tried'] };
    saveCase(directory, plain);
    const outcomes = [retold, certified, retold, certified, recertified].map(
      (one) => saveCase(directory, one).outcome,
    );
    expect(outcomes).toEqual(['kept', 'replaced', 'kept', 'kept', 'replaced']);
    expect(loadCases(directory).map((stored) => stored.case)).toEqual([recertified]);
  });

  it('never takes the name of a certified case that appears in the meantime', () => {
    const plain = anyCounterexample();
    const certified: Counterexample = { ...plain, certificate: ['none simpler, 12 tried'] };
    // Another process saves between the look and the write.
    const sync: FileCalls['sync'] = (file) => {
      NODE_FILE_CALLS.sync(file);
      saveCase(directory, certified);
    };
    const saved = saveCase(directory, plain, { ...NODE_FILE_CALLS, sync });
    expect(saved.outcome).toBe('kept');
    expect(contents()).toEqual({ [basename(saved.path)]: printCase(certified) });
  });

  it('keeps cases apart that differ in policy, property, machine or operations', () => {
    const one = anyCounterexample();
    const { scenario } = one;
    const others: Counterexample[] = [
      one,
      { ...one, policy: 'a/b' },
      { ...one, policy: 'a_b' },
      { ...one, property: 'flush-exact' },
      { ...one, scenario: { ...scenario, machine: { ...scenario.machine, lazyMaxPages: 1 } } },
      { ...one, scenario: { ...scenario, tasks: [...scenario.tasks, { cpu: 1, operations: [] }] } },
    ];
    for (const other of others) saveCase(directory, other);
    const stored = loadCases(directory).map((each) => printCase(each.case));
    expect(stored.toSorted()).toEqual(others.map(printCase).toSorted());
  });

  it('stays in its directory whatever the policy is called', () => {
    for (const policy of [
      '../../etc/x',
      '/abs/y.ts',
      'linux:/usr/src',
      'é',
      '..',
      'x'.repeat(500),
    ]) {
      saveCase(directory, { ...anyCounterexample(), policy });
    }
    expect(Object.keys(contents()).map((name) => name.replace(/[0-9a-f]{8}\.case$/, ''))).toEqual([
      'no-stale-alias--..--',
      'no-stale-alias--.._.._etc_x--',
      'no-stale-alias--_--',
      'no-stale-alias--_abs_y.ts--',
      'no-stale-alias--linux_usr_src--',
      `no-stale-alias--${'x'.repeat(80)}--`,
    ]);
  });

  it.each<[string, Partial<Counterexample>, string]>([
    ['a property that is none', { property: 'a/b' }, 'line 3: "a/b" is not a property'],
    ['an empty policy', { policy: '' }, 'line 2: policy lacks its value'],
    ['prose of two lines', { observed: ['a\nb'] }, 'it does not read back as it was printed'],
    [
      'prose that would be trimmed',
      { observed: [' a'] },
      'it does not read back as it was printed',
    ],
    ['a policy with a comment', { policy: 'a #b' }, 'it does not read back as it was printed'],
  ])('refuses %s, and writes nothing', (_, part, problem) => {
    const one = { ...anyCounterexample(), ...part };
    expect(() => saveCase(directory, one)).toThrow(`cannot save this case: `);
    expect(() => saveCase(directory, one)).toThrow(problem);
    expect(contents()).toEqual({});
  });

  it('leaves alone a file of its name that it cannot read, or that is another case', () => {
    const { path } = saveCase(directory, anyCounterexample());
    for (const [text, problem] of [
      ['vmapcheck case 1\ntask on cpu0\n', `${path}: line 3: the case of line 1 has no "end"`],
      ['vmapcheck case 1\ntask on cpu0\nend\n', `cannot save ${path}: another case`],
    ] as const) {
      writeFileSync(path, text);
      expect(() => saveCase(directory, anyCounterexample())).toThrow(problem);
      expect(readFileSync(path, 'utf8')).toBe(text);
    }
  });
});

describe('saveCase on a disk that fails', () => {
  const failing = (code: string, text: string) => (): never => {
    throw Object.assign(new Error(`${code}: ${text}`), { code });
  };
  const fail = failing('ENOSPC', 'no space left on device, write');
  const halfWritten =
    (thrown: () => never): FileCalls['write'] =>
    (file, text) => {
      NODE_FILE_CALLS.write(file, text.slice(0, text.length / 2));
      thrown();
    };
  const closed =
    (thrown: () => never): FileCalls['close'] =>
    (file) => {
      NODE_FILE_CALLS.close(file);
      thrown();
    };

  const CALLS = ['create', 'write', 'sync', 'close', 'rename and link'] as const;
  const FAULTS = [
    ['ENOSPC', 'no space left on device'],
    ['EIO', 'i/o error'],
    ['EDQUOT', 'disk quota exceeded'],
    ['EROFS', 'read-only file system'],
  ] as const;

  it.each(CALLS.flatMap((call) => FAULTS.map(([code, text]) => [call, code, text] as const)))(
    'changes nothing when %s fails with %s',
    (call, code, text) => {
      const after = failing(code, text);
      const calls: FileCalls = {
        ...NODE_FILE_CALLS,
        ...(call === 'create' ? { create: after } : {}),
        ...(call === 'write' ? { write: halfWritten(after) } : {}),
        ...(call === 'sync' ? { sync: after } : {}),
        ...(call === 'close' ? { close: closed(after) } : {}),
        ...(call === 'rename and link' ? { rename: after, link: after } : {}),
      };
      const one = anyCounterexample();
      const saving = (other: Counterexample) => () => saveCase(directory, other, calls);
      expect(saving(one)).toThrow(
        new RegExp(`^cannot save .*v6\\.4--[0-9a-f]{8}\\.case: ${code}: ${text}`),
      );
      expect(contents()).toEqual({});

      saveCase(directory, one);
      const before = contents();
      expect(saving({ ...one, certificate: ['certified'] })).toThrow(code);
      expect(saving({ ...one, policy: 'v6.1' })).toThrow(code);
      expect(contents()).toEqual(before);
    },
  );

  it('reports the first error when the temporary file cannot be removed either', () => {
    const remove = (): never => {
      throw new Error('EROFS');
    };
    const calls = { ...NODE_FILE_CALLS, write: halfWritten(fail), remove };
    expect(() => saveCase(directory, anyCounterexample(), calls)).toThrow('ENOSPC');
    expect(loadCases(directory)).toEqual([]);
  });

  it('never reuses a temporary file that a killed writer left', () => {
    const one = anyCounterexample();
    const left: string[] = [];
    const create = (path: string): number => {
      if (left.length === 0) {
        left.push(path);
        writeFileSync(path, 'left behind');
      }
      return NODE_FILE_CALLS.create(path);
    };
    saveCase(directory, one, { ...NODE_FILE_CALLS, create });
    expect(left.map((path) => readFileSync(path, 'utf8'))).toEqual(['left behind']);
    expect(loadCases(directory).map((stored) => stored.case)).toEqual([one]);
  });
});

describe('loadCases', () => {
  it('reads the cases in the order of their names, and nothing else', () => {
    const one = anyCounterexample();
    for (const policy of ['v6.5', 'v6.10', 'v6.4']) saveCase(directory, { ...one, policy });
    writeFileSync(join(directory, 'README.md'), 'not a case');
    writeFileSync(join(directory, '.hidden.case'), 'not a case');
    const loaded = loadCases(directory);
    expect(loaded.map((stored) => stored.case.policy)).toEqual(['v6.10', 'v6.4', 'v6.5']);
    expect(loaded.map((stored) => stored.path)).toEqual(
      loaded.map((stored) => join(directory, stored.name)),
    );
  });

  it('reads a bare scenario under any name', () => {
    writeFileSync(join(directory, 'mail-1.case'), 'vmapcheck case 1\ntask on cpu0\nend\n');
    expect(loadCases(directory)).toMatchObject([{ name: 'mail-1.case', case: { policy: null } }]);
  });

  it('names the file and the line of a damaged case', () => {
    const path = join(directory, 'x.case');
    writeFileSync(path, 'vmapcheck case 1\ntask on cpu0\nvfree(A)\nend\n');
    expect(() => loadCases(directory)).toThrow(
      new ScenarioError(3, 'area A is not assigned above', path),
    );
    expect(() => loadCases(directory)).toThrow(`${path}: line 3: area A is not assigned above`);
  });

  it('does not read a huge file', () => {
    const path = join(directory, 'x.case');
    writeFileSync(path, '\n'.repeat(2 ** 20 + 1));
    expect(() => loadCases(directory)).toThrow(`${path}: line 1: longer than 1048576 bytes`);
  });

  it('says so when the directory is missing', () => {
    expect(() => loadCases(join(directory, 'none'))).toThrow('ENOENT');
  });
});
