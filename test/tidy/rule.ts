import { lineAt, type Source, type TextFile } from './source.ts';

/** A rule looks at one file and says what it found, as `path:line: what is wrong`. */
export type CodeRule = (source: Source) => string[];
export type TextRule = (file: TextFile) => string[];

export function finding(file: TextFile, offset: number, message: string): string {
  return `${file.path}:${lineAt(file.text, offset)}: ${message}`;
}

export function isTest(path: string): boolean {
  return path.startsWith('test/') || (path.startsWith('properties/') && path.endsWith('.test.ts'));
}
