import type { Directive, ExportDefaultDeclarationKind, Statement } from 'oxc-parser';
import { finding } from './rule.ts';
import type { Source } from './source.ts';

/** Exported functions of models/ and src/ say what they do, directly above. */
export function docstrings(source: Source): string[] {
  if (!/^(models|src)\//.test(source.path)) return [];
  const exported = exportedByName(source);
  const documented = new Set<string>();
  const bare = new Map<string, number>();
  for (const statement of source.program.body) {
    const isExport =
      statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration';
    const declaration = isExport ? statement.declaration : statement;
    for (const name of functionNames(declaration)) {
      if (!isExport && !exported.has(name)) continue;
      if (hasDocstring(source, statement.start)) documented.add(name);
      else bare.set(name, statement.start);
    }
  }
  // One docstring serves all overloads of a name.
  return [...bare].flatMap(([name, offset]) =>
    documented.has(name) ? [] : [finding(source, offset, `${name} has no docstring`)],
  );
}

/** Local names in `export { a, b as c }`. */
function exportedByName(source: Source): Set<string> {
  const names = new Set<string>();
  for (const statement of source.program.body) {
    if (statement.type !== 'ExportNamedDeclaration' || statement.source !== null) continue;
    for (const { local } of statement.specifiers) {
      if (local.type === 'Identifier') names.add(local.name);
    }
  }
  return names;
}

type Declaration = Directive | Statement | ExportDefaultDeclarationKind | null;

/** Names of the functions a top-level declaration declares, `const f = () => ...` included. */
function functionNames(declaration: Declaration): string[] {
  if (declaration === null) return [];
  if (declaration.type === 'FunctionDeclaration' || declaration.type === 'TSDeclareFunction') {
    return [declaration.id?.name ?? 'default'];
  }
  if (declaration.type === 'ArrowFunctionExpression') return ['default'];
  if (declaration.type !== 'VariableDeclaration') return [];
  return declaration.declarations.flatMap(({ id, init }) =>
    id.type === 'Identifier' && /^(Arrow)?FunctionExpression$/.test(init?.type ?? '')
      ? [id.name]
      : [],
  );
}

function hasDocstring(source: Source, start: number): boolean {
  return source.comments.some(
    ({ type, value, end }) =>
      type === 'Block' && value.startsWith('*') && /^\s*$/.test(source.text.slice(end, start)),
  );
}
