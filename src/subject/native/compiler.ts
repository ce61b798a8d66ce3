import { readFileSync } from 'node:fs';
import { firstLine, runTool } from './run-tool.ts';
import { ToolchainError } from './toolchain-error.ts';

/** The Debian package that is named if there is no compiler; clang does as well. */
const PACKAGE = 'gcc';

/** A C compiler that is there. */
export interface Compiler {
  readonly program: string;
  readonly version: string;
}

/**
 * The compiler that `CC` names, else gcc or clang, whichever is there. `env`: the environment.
 * Throws a ToolchainError that says what to install if there is none.
 */
export function findCompiler(env: NodeJS.ProcessEnv): Compiler {
  const own = env.CC;
  if (own !== undefined && own !== '') return compilerNamed(own);
  try {
    return compilerNamed('gcc');
  } catch (error) {
    if (!(error instanceof ToolchainError)) throw error;
    try {
      return compilerNamed('clang');
    } catch {
      throw error;
    }
  }
}

function compilerNamed(program: string): Compiler {
  const { status, stdout } = runTool(program, ['--version'], PACKAGE);
  if (status !== 0) throw new ToolchainError(`${program}: is no C compiler`);
  return { program, version: firstLine(stdout) };
}

/**
 * Compiles, or links. `shorten`: beginnings of paths that are left out of what is said.
 * Throws a ToolchainError with the compiler's first error.
 */
export function compile(
  { program }: Compiler,
  args: readonly string[],
  shorten: readonly string[],
): void {
  const { status, stderr } = runTool(program, args, PACKAGE);
  if (status === 0) return;
  const missing = /undefined reference to [`'](\w+)'/.exec(stderr)?.[1];
  if (missing !== undefined) {
    throw new ToolchainError(`the kernel's code needs ${missing}, which native/ does not have`);
  }
  const error = stderr.split('\n').find((line) => /\berror: /.test(line)) ?? firstLine(stderr);
  const text = shorten.reduce((words, path) => words.replaceAll(`${path}/`, ''), error);
  throw new ToolchainError(`${program}: ${text}`);
}

/** The files a Makefile rule of `cc -MD` names after its target. `rule`: the path of the rule. */
export function dependenciesOf(rule: string): string[] {
  return readFileSync(rule, 'utf8')
    .replaceAll('\\\n', ' ')
    .replace(/^[^:]*:/, '')
    .split(/(?<!\\)\s+/)
    .filter((file) => file !== '')
    .map((file) => file.replaceAll(/\\([ #])/g, '$1').replaceAll('$$', '$'));
}
