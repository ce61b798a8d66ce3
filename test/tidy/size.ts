import { type ArrowFunctionExpression, type Function as FunctionNode, Visitor } from 'oxc-parser';
import { finding } from './rule.ts';
import { lineAt, linesOf, type Source, type TextFile } from './source.ts';

const FILE_LINES_MAX = 400;
const REFERENCE_LINES_MAX = 500;
const FUNCTION_LINES_MAX = 70;
const LINE_COLUMNS_MAX = 100;

export function fileLength(source: Source): string[] {
  const lines = linesOf(source.text).length;
  if (lines <= FILE_LINES_MAX) return [];
  return [finding(source, 0, `${lines} lines, at most ${FILE_LINES_MAX}`)];
}

export function lineLength(source: Source): string[] {
  return linesOf(source.text).flatMap((line, index) =>
    line.length <= LINE_COLUMNS_MAX
      ? []
      : [`${source.path}:${index + 1}: ${line.length} columns, at most ${LINE_COLUMNS_MAX}`],
  );
}

/** The reference is read in one sitting: all its files together. */
export function referenceLength(files: readonly TextFile[]): string[] {
  const lines = files
    .filter(({ path }) => path.startsWith('models/reference/'))
    .reduce((sum, { text }) => sum + linesOf(text).length, 0);
  if (lines < REFERENCE_LINES_MAX) return [];
  return [`models/reference: ${lines} lines in all, under ${REFERENCE_LINES_MAX} is the promise`];
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Functions one can see whole. Two things are as long as what they hold: the callback of a
 * `describe`, and a class inside a function (a patch is a function that returns a class).
 */
export function functionLength(source: Source): string[] {
  const functions: Span[] = [];
  const classes: Span[] = [];
  const groups = new Set<number>();
  const add = (node: FunctionNode | ArrowFunctionExpression): void => {
    functions.push(node);
  };
  new Visitor({
    FunctionDeclaration: add,
    FunctionExpression: add,
    ArrowFunctionExpression: add,
    ClassDeclaration: (node) => classes.push(node),
    ClassExpression: (node) => classes.push(node),
    CallExpression(node) {
      if (!/^describe\b/.test(source.text.slice(node.start, node.end))) return;
      for (const argument of node.arguments) groups.add(argument.start);
    },
  }).visit(source.program);
  return functions.flatMap((span) => {
    if (groups.has(span.start)) return [];
    const lines = ownLines(source, span, classes);
    if (lines <= FUNCTION_LINES_MAX) return [];
    return [finding(source, span.start, `${lines} lines in a function, at most 70`)];
  });
}

/** Lines of a function without those of the outermost classes inside it. */
function ownLines(source: Source, span: Span, classes: readonly Span[]): number {
  const height = ({ start, end }: Span): number =>
    lineAt(source.text, end) - lineAt(source.text, start);
  const inside = classes.filter((one) => span.start <= one.start && one.end <= span.end);
  const outermost = inside.filter(
    (one) => !inside.some((other) => other !== one && contains(other, one)),
  );
  return outermost.reduce((lines, one) => lines - height(one), height(span) + 1);
}

function contains(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}
