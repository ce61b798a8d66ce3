import { z } from 'zod';

const Lockfile = z.object({
  packages: z.record(
    z.string(),
    z.object({ optionalDependencies: z.record(z.string(), z.string()).optional() }),
  ),
});

/**
 * `npm ci` refuses a lockfile that leaves out the optional packages of other platforms, which
 * `npm install` does whenever the registry it talks to does not serve them.
 */
export function missingFromLockfile(text: string): string[] {
  const { packages } = Lockfile.parse(JSON.parse(text));
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => packages[`node_modules/${name}`] === undefined)
      .map((name) => `package-lock.json: ${path} wants ${name}, which has no entry`),
  );
}
