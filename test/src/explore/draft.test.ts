import { describe, expect, it } from 'vitest';
import type { Area } from '../../../models/reference/area.ts';
import type { CheckedRun } from '../../../src/explore/checked-run.ts';
import { BAD_CALLS, DRAFT_KINDS, type Draft, operationOf } from '../../../src/explore/draft.ts';
import { Roster } from '../../../src/explore/roster.ts';
import type { Operation } from '../../../src/scenario/operation.ts';
import { newRun, operations } from './runs.ts';

/** A run with two areas of each kind, and two that are gone; `odd`: a few fields of the machine. */
function busyRun(odd = {}): { run: CheckedRun; roster: Roster } {
  const run = newRun({ vmallocPages: 256, modulesPages: 16, ...odd });
  const roster = new Roster();
  let names = 0;
  const name = () => `Q${++names}`;
  const texts: string[] = [];
  for (let i = 0; i < 2; i++) {
    texts.push(`${name()} = vmalloc(2, VM_FLUSH_RESET_PERMS)`, `${name()} = vmap(2)`);
    texts.push(`${name()} = vm_map_ram(1)`, `${name()} = get_vm_area(1)`);
    texts.push(`${name()} = ioremap(1)`, `${name()} = pcpu_get_vm_areas(0+1)`);
  }
  texts.push('G = vmalloc(1)', 'H = vm_map_ram(1)', 'vfree(G)', 'vm_unmap_ram(H)');
  for (const operation of operations(...texts)) roster.note(run, operation, run.step(operation));
  return { run, roster };
}

/** Drafts with operands all over the range they are drawn from. */
function drafts(kind: Draft['kind']): Draft[] {
  const found: Draft[] = [];
  for (let i = 0; i < 64; i++) {
    found.push({ kind, pick: (i * 67) & 0xfff, size: (i * 13) & 0x3ff, extra: (i * 7) & 0x3ff });
  }
  return found;
}

/** Every operation that drafts of a kind mean in a busy run. */
function meant(kind: Draft['kind']): Operation[] {
  const { run, roster } = busyRun();
  return drafts(kind).flatMap((draft) => operationOf(draft, run, roster) ?? []);
}

function isBadCall(kind: string): boolean {
  return BAD_CALLS.some((one) => one === kind);
}

const NEED_NOTHING: readonly string[] = [
  ...['vmalloc', 'vmap', 'vm_map_ram', 'get_vm_area', 'ioremap', 'pcpu_get_vm_areas'],
  ...['vm_unmap_aliases', 'run_work', 'migrate', 'fail_alloc', 'shrink'],
  ...['vread', 'touch', 'vmalloc_to_page', 'find_vm_area'],
  ...['unmap unknown', 'free unknown', 'map nothing'],
];

describe('a draft', () => {
  it.each(DRAFT_KINDS.filter((kind) => !isBadCall(kind)))('of %s means a legal call', (kind) => {
    const found = meant(kind);
    expect(found.length).toBeGreaterThan(0);
    for (const operation of found.filter((_, index) => index % 8 === 0)) {
      expect(operation.kind).toBe(kind);
      const { run } = busyRun();
      expect(run.step(operation).kind, JSON.stringify(operation)).toMatch(/called|touched/);
    }
  });

  it.each(BAD_CALLS)('of "%s" means a call no caller may make, at least now and then', (kind) => {
    const misused = meant(kind).filter((operation) => {
      const { run } = busyRun();
      return run.step(operation).kind === 'misused';
    });
    expect(misused.length).toBeGreaterThan(0);
  });

  it.each(DRAFT_KINDS)('of %s means nothing where there is nothing for it', (kind) => {
    const run = newRun();
    const found = drafts(kind).map((draft) => operationOf(draft, run, new Roster()));
    const expected = NEED_NOTHING.includes(kind);
    expect(found.some((operation) => operation !== null)).toBe(expected);
  });

  it('of an allocation has a name that no other has', () => {
    const { run, roster } = busyRun();
    const names = drafts('vmap').map((draft) => {
      const operation = operationOf(draft, run, roster);
      return operation !== null && 'area' in operation ? operation.area : null;
    });
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(['unmap again', 'free again'] as const)(
    'of "%s" means no area whose address somebody else has got since',
    (kind) => {
      const { run, roster } = busyRun();
      const draft: Draft = { kind, pick: 1, size: 0, extra: 0 };
      const at = operationOf(draft, run, roster);
      expect(at).not.toBeNull();
      const [name = ''] = roster.gone.slice(-1);
      const vpn = run.handles.get(name)?.vpn ?? 0;
      const next: Area = {
        kind: 'vmap',
        start: vpn,
        pages: 1,
        frames: null,
        resetsPerms: false,
        state: 'live',
      };
      run.ledger.allocated(next);
      expect(operationOf(draft, run, roster)).toBeNull();
    },
  );

  it('means what there is by then: fewer areas, another one', () => {
    const { run, roster } = busyRun();
    const draft: Draft = { kind: 'vm_unmap_ram', pick: 1, size: 0, extra: 0 };
    const first = operationOf(draft, run, roster);
    if (first === null) throw new Error('nothing is mapped');
    roster.note(run, first, run.step(first));
    const second = operationOf(draft, run, roster);
    expect(second?.kind).toBe('vm_unmap_ram');
    expect(second).not.toEqual(first);
  });
});

describe('the operands', () => {
  it('of vmalloc cover both ranges, alignments and the flag', () => {
    const found = meant('vmalloc');
    const all = (pick: (operation: Extract<Operation, { kind: 'vmalloc' }>) => unknown) =>
      new Set(found.map((one) => (one.kind === 'vmalloc' ? pick(one) : null)));
    expect(all(({ align }) => align)).toEqual(new Set([1, 2, 4]));
    expect(all(({ range }) => range)).toEqual(new Set(['vmalloc', 'modules']));
    expect(all(({ resetPerms }) => resetPerms)).toEqual(new Set([true, false]));
    expect(all(({ pages }) => pages)).toEqual(new Set([1, 2, 3, 4, 5, 6]));
  });

  it('of vm_map_ram are for blocks mostly, and for areas of their own', () => {
    const { run } = busyRun();
    const sizes = meant('vm_map_ram').map((one) => (one.kind === 'vm_map_ram' ? one.pages : 0));
    const large = sizes.filter((pages) => pages > run.machine.vmapMaxAlloc);
    expect(large.length).toBeGreaterThan(0);
    expect(large.length).toBeLessThan(sizes.length / 4);
  });

  it('ask for the module range only where there is one', () => {
    const run = newRun({ modulesPages: 0 });
    const found = drafts('vmalloc').map((draft) => operationOf(draft, run, new Roster()));
    expect(found.some((one) => one?.kind === 'vmalloc' && one.range === 'modules')).toBe(false);
  });

  it('of migrate and touch are online CPUs, and another one than now', () => {
    const run = newRun({ possibleCpus: [0, 1, 2, 3], onlineCpus: [0, 2, 3] });
    const roster = new Roster();
    const cpus = (kind: 'migrate' | 'touch') =>
      new Set(
        drafts(kind).map((draft) => {
          const operation = operationOf(draft, run, roster);
          return operation !== null && 'cpu' in operation ? operation.cpu : null;
        }),
      );
    expect(cpus('migrate')).toEqual(new Set([2, 3]));
    expect(cpus('touch')).toEqual(new Set([0, 2, 3]));
  });
});
