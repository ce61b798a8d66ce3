import { posix } from 'node:path';
import { Visitor } from 'oxc-parser';
import { finding, isTest } from './rule.ts';
import type { Source } from './source.ts';

/** The floor of each folder. An import goes down or stays on its floor. */
const FLOORS: readonly (readonly [folder: string, floor: number])[] = [
  ['models/hardware/', 1],
  ['models/reference/', 1],
  ['models/kernel/', 2],
  ['models/policies/', 3],
  ['src/scenario/', 4],
  ['src/subject/', 4],
  ['properties/', 4],
  ['src/explore/', 5],
  ['src/trace/', 5],
  ['src/workload/', 5],
  ['src/review/', 5],
  ['src/minimize/', 5],
  ['src/counterexample/', 5],
  ['src/report/', 6],
  ['src/cli/', 7],
];

/** Tests and benchmarks stand outside the house: they see all of it and nothing imports them. */
const OUTSIDE = 8;

function floorOf(path: string): number | undefined {
  if (isTest(path) || path.startsWith('bench/')) return OUTSIDE;
  return FLOORS.find(([folder]) => path.startsWith(folder))?.[1];
}

/** Code lives in a folder that has a floor; the configuration of a tool lives in the root. */
export function knownFolder(source: Source): string[] {
  if (floorOf(source.path) !== undefined || /^\w+\.config\.ts$/.test(source.path)) return [];
  return [finding(source, 0, 'this folder has no floor')];
}

/** Imports by relative path, `import type` and `import()` included. */
export function floors(source: Source): string[] {
  const own = floorOf(source.path);
  if (own === undefined) return [];
  const findings: string[] = [];
  for (const { specifier, offset } of relativeImports(source)) {
    const target = posix.join(posix.dirname(source.path), specifier);
    const floor = floorOf(target);
    if (floor === undefined) {
      findings.push(finding(source, offset, `imports ${target}, which has no floor`));
    } else if (floor > own) {
      findings.push(finding(source, offset, `floor ${own} imports ${target} of floor ${floor}`));
    }
  }
  return findings;
}

interface RelativeImport {
  readonly specifier: string;
  readonly offset: number;
}

function relativeImports(source: Source): RelativeImport[] {
  const imports: RelativeImport[] = [];
  const add = (node: { type: string; value?: unknown; start: number } | null): void => {
    const specifier = node?.type === 'Literal' ? node.value : undefined;
    if (node !== null && typeof specifier === 'string' && specifier.startsWith('.')) {
      imports.push({ specifier, offset: node.start });
    }
  };
  new Visitor({
    ImportDeclaration: (node) => add(node.source),
    ExportNamedDeclaration: (node) => add(node.source),
    ExportAllDeclaration: (node) => add(node.source),
    ImportExpression: (node) => add(node.source),
    TSImportType: (node) => add(node.source),
  }).visit(source.program);
  return imports;
}
