import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { type Comment, type Program, parseSync } from 'oxc-parser';

/** One file of the project, and its syntax tree if it is code. */
export interface TextFile {
  /** Relative to the repository's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export interface Source extends TextFile {
  readonly program: Program;
  readonly comments: readonly Comment[];
}

/** Parses a TypeScript or JavaScript file; throws on a syntax error, naming the file. */
export function parseSource(file: TextFile): Source {
  const { program, comments, errors } = parseSync(file.path, file.text);
  const [error] = errors;
  if (error !== undefined) throw new SyntaxError(`${file.path}: ${error.message}`);
  return { ...file, program, comments };
}

const CODE = new Set(['.ts', '.js', '.mjs', '.cjs']);

export function isCode(file: TextFile): boolean {
  return CODE.has(extname(file.path));
}

/** In the repository, and yet nobody here wrote it. */
const FOREIGN = ['.git', 'package-lock.json', 'LICENSE', 'traces'];

/** Every file of the project that somebody wrote, in a fixed order. */
export function projectFiles(root: string): TextFile[] {
  const isIgnored = ignored(readFileSync(join(root, '.gitignore'), 'utf8'));
  const files: TextFile[] = [];
  const visit = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (FOREIGN.includes(path) || isIgnored(path)) continue;
      if (entry.isDirectory()) visit(path);
      else if (entry.isFile()) files.push({ path, text: readFileSync(join(root, path), 'utf8') });
    }
  };
  visit('');
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The two kinds of line that .gitignore needs here: a name or a path, and `*.ending`. */
export function ignored(gitignore: string): (path: string) => boolean {
  const patterns = linesOf(gitignore).map((line) => line.replace(/^\/|\/$/g, ''));
  return (path) =>
    patterns.some((pattern) =>
      pattern.startsWith('*')
        ? path.endsWith(pattern.slice(1))
        : path === pattern || path.endsWith(`/${pattern}`),
    );
}

/** Line of a character offset, from 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) {
    line++;
  }
  return line;
}

/** Lines of a text; a newline at the end does not start another one. */
export function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
