/**
 * Every .ts file is an ES module, whatever package.json lies above it or none. Without this Node
 * takes a policy file outside a `"type": "module"` package for CommonJS and cannot load it.
 */
export async function resolve(specifier, context, nextResolve) {
  const resolved = await nextResolve(specifier, context);
  const isTypeScript = new URL(resolved.url).pathname.endsWith('.ts');
  return isTypeScript ? { ...resolved, format: 'module' } : resolved;
}
