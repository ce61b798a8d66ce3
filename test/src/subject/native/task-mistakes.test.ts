import { afterAll, describe, expect, it } from 'vitest';
import { tasks } from '../../../../properties/concurrent/bug.ts';
import { properties } from '../../../../properties/index.ts';
import { explore } from '../../../../src/explore/explore.ts';
import { parseCase } from '../../../../src/scenario/case-text.ts';
import { loadLinux } from '../../../../src/subject/native/load-linux.ts';
import { NativeSubject } from '../../../../src/subject/native/native-subject.ts';
import type { Subject } from '../../../../src/subject/port.ts';
import { needKernels, tarball } from './toolchain.ts';

const PATCH = new URL('patches/task-mistakes.patch', import.meta.url).pathname;

/** A mistake in the C, and tasks of which one falls over it. */
interface Mistake {
  readonly title: string;
  readonly scenario: string;
  readonly property: string;
  readonly observed: RegExp;
}

const TINY = 'cpus=2 vmalloc=64 block=2 max-alloc=1';

function two(first: readonly string[], second: readonly string[], machine = TINY): string {
  return tasks(machine, ['cpu0', ...first], ['cpu0', ...second]);
}

const FILL = ['A = vm_map_ram(1)', 'B = vm_map_ram(1)', 'vm_unmap_ram(A)', 'vm_unmap_ram(B)'];

const MISTAKES: readonly Mistake[] = [
  {
    title: 'a block is freed without a grace period',
    scenario: two(FILL, ['C = vm_map_ram(1)']),
    property: 'object-lifetime',
    observed: /use after free: a vmap_block is (read|written)/,
  },
  {
    title: 'a list is changed without its lock',
    scenario: two(FILL, ['vm_unmap_aliases()']),
    property: 'block-integrity',
    observed: /a block leaves cpu0's free list without that list's lock/,
  },
  {
    title: 'two locks are taken in both orders',
    scenario: two(
      ['A = vm_map_ram(1)', 'vm_unmap_ram(A)'],
      ['B = get_vm_area(1)'],
      'cpus=2 vmalloc=2 block=2 max-alloc=1',
    ),
    property: 'locking',
    observed: /lock order inversion: v\w+->lock taken while v\w+->lock is held/,
  },
  {
    title: 'a reader of RCU sleeps',
    scenario: two(['A = vmap(1)'], ['find_vm_area(A)']),
    property: 'locking',
    observed: /sleeping in an RCU read-side critical section/,
  },
  {
    title: 'an endless loop, where the other task has allocated',
    scenario: two(['A = vmap(1)', 'vunmap(A)'], ['B = vmalloc(1)']),
    property: 'object-lifetime',
    observed: /endless loop/,
  },
  {
    title: 'a stack overflow, where the other task has allocated',
    scenario: two(['A = get_vm_area(1)', 'free_vm_area(A)'], ['B = vmalloc(1)']),
    property: 'object-lifetime',
    observed: /stack overflow/,
  },
];

describe('a mistake in the C that tasks fall over', () => {
  let subject: Subject | null = null;
  afterAll(() => {
    if (subject instanceof NativeSubject) subject.close();
  });

  it.for(MISTAKES)('is a violation: $title', ({ scenario, property, observed }, context) => {
    needKernels(context, '6.12');
    subject ??= loadLinux(
      { path: tarball('6.12'), patches: [PATCH], everyAccess: false },
      '/',
      () => {},
    ).subject();
    const found = explore(subject, parseCase(scenario).scenario, {
      strategy: { kind: 'dpor' },
      properties: properties.filter(({ name }) => name === property),
      limit: 200,
    });
    expect(found.verdict === 'violated' && found.detail).toMatch(observed);
  });
});
