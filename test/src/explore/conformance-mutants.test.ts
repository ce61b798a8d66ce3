import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kernelOf } from '../../../models/policies/policy.ts';
import { mutants } from '../../../properties/mutants/index.ts';
import { mutated } from '../../../properties/mutants/mutant.ts';
import { conformance } from '../../../src/explore/conformance.ts';
import { builtInPolicy } from '../../../src/subject/load-policy.ts';
import { cacheRoot } from '../../../src/subject/native/cache.ts';
import { openTree } from '../../../src/subject/native/kernel-tree.ts';
import { loadLinux } from '../../../src/subject/native/load-linux.ts';
import { NativeSubject } from '../../../src/subject/native/native-subject.ts';
import { PolicySubject } from '../../../src/subject/policy-subject.ts';
import type { Subject } from '../../../src/subject/port.ts';
import { needKernels, tarball } from '../subject/native/toolchain.ts';

/** How two subjects differ within some thousand operations; null: they do not. */
function differenceOf(first: Subject, second: Subject, machine = {}): string | null {
  const options = { operations: 4_000, seed: 1, machine, shrink: false };
  return conformance(first, second, options).difference?.detail ?? null;
}

describe('a model with a mistake is not like the one without', () => {
  for (const mutant of mutants) {
    // Of this one the model itself says that it uses a bitmap wrongly.
    if (mutant.patch.name === 'no-room-check') continue;
    it(`${mutant.property}: ${mutant.patch.name}`, () => {
      const base = new PolicySubject('base', kernelOf(mutant.base));
      const wrong = new PolicySubject('mutant', kernelOf(mutated(mutant)));
      expect(differenceOf(base, wrong)).not.toBeNull();
    });
  }
});

/** Mistakes in mm/vmalloc.c: a line as it stands there, and what is made of it. */
const C_MUTANTS = [
  {
    series: '6.1',
    title: 'vb_free() counts the first page only into dirty_max',
    line: '\tvb->dirty_max = max(vb->dirty_max, offset + (1UL << order));',
    instead: '\tvb->dirty_max = max(vb->dirty_max, offset + 1);',
  },
  {
    series: '6.1',
    title: 'blocks of the first CPU are never purged',
    line: '\t\tpurge_fragmented_blocks(cpu);',
    instead: '\t\tif (cpu) purge_fragmented_blocks(cpu);',
  },
  {
    series: '6.12',
    title: 'work is begun one page too early',
    line: '\tif (unlikely(nr_lazy > nr_lazy_max))',
    instead: '\tif (unlikely(nr_lazy >= nr_lazy_max))',
  },
  {
    series: '6.12',
    title: 'blocks are purged that have half of their pages left',
    line: '#define VMAP_PURGE_THRESHOLD\t(VMAP_BBMAP_BITS / 4)',
    instead: '#define VMAP_PURGE_THRESHOLD\t(VMAP_BBMAP_BITS / 2)',
  },
  {
    series: '6.12',
    title: 'vread() finds regions that are gone but for their first page',
    line: '\tbitmap_clear(vb->used_map, offset, (1UL << order));',
    instead: '\tbitmap_clear(vb->used_map, offset, 1);',
  },
];

/** A patch that puts one line of a file in the place of another. */
function patchText(text: string, line: string, instead: string): string {
  const lines = text.split('\n');
  const at = lines.indexOf(line);
  expect([at >= 0, lines.lastIndexOf(line)]).toEqual([true, at]);
  const file = 'mm/vmalloc.c';
  const hunk = `@@ -${at + 1} +${at + 1} @@\n-${line}\n+${instead}\n`;
  return `--- a/${file}\n+++ b/${file}\n${hunk}`;
}

describe('C with a mistake is not like its model', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mutants-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  for (const { series, title, line, instead } of C_MUTANTS) {
    it(`${series}: ${title}`, (context) => {
      needKernels(context, series);
      const tree = openTree(series, tarball(series), cacheRoot(process.env), () => {});
      const source = readFileSync(join(tree.path, 'mm/vmalloc.c'), 'utf8');
      const path = join(folder, 'mutant.patch');
      writeFileSync(path, patchText(source, line, instead));
      const c = loadLinux(
        { path: tarball(series), patches: [path], everyAccess: false },
        '/',
        () => {},
      ).subject();
      const model = builtInPolicy(`v${series}`).subject();
      const found = differenceOf(model, c, { vmapBbmapBits: 4, vmapMaxAlloc: 2 });
      if (c instanceof NativeSubject) c.close();
      expect(found).not.toBeNull();
    });
  }
});
