import { z } from 'zod';
import type { KernelClass } from '../../models/kernel/kernel.ts';
import type { Candidate } from '../../models/policies/candidate.ts';
import { properties } from '../../properties/index.ts';
import { didYouMean } from '../scenario/nearest.ts';
import { PolicyError } from './policy-error.ts';

const KEYS = 'base, title, source, apply, patches, expected';

const text = z
  .string({ error: ({ input }) => (input === undefined ? 'is missing' : 'must be a text') })
  .min(1, { error: 'must not be empty' });
const isFunction = (value: unknown): boolean => typeof value === 'function';
const apply = z.custom<(Base: KernelClass) => KernelClass>(isFunction, {
  error: 'must be a function that takes a class and returns one',
});
const expectation = z.strictObject({
  verdict: z.enum(['holds', 'violated'], { error: 'must be "holds" or "violated"' }),
  source: text,
});
const candidateSchema = z.strictObject(
  {
    base: text,
    title: text,
    source: text.optional(),
    apply: apply.optional(),
    patches: z
      .array(z.strictObject({ name: text, title: text, source: text, apply }), {
        error: 'must be a list of { name, title, source, apply }',
      })
      .optional(),
    expected: z.record(z.string(), expectation).optional(),
  },
  {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `unknown ${issue.keys.join(', ')}; known are ${KEYS}`
        : 'must be an object { base, title, apply }',
  },
);

/**
 * What the file of a user's policy exports by default, if it has the shape of a candidate.
 * `name`: the file as the user wrote it. Throws a PolicyError that names it and what is wrong.
 */
export function candidateOf(name: string, exported: unknown): Candidate {
  const result = candidateSchema.safeParse(exported);
  if (result.success) {
    refuseUnknownProperty(name, result.data);
    return result.data;
  }
  const issue = result.error.issues[0];
  const where = issue?.path.map(String).join('.') || 'default export';
  throw new PolicyError(`${name}: ${where}: ${issue?.message}`);
}

function refuseUnknownProperty(name: string, { expected = {} }: Candidate): void {
  const names = properties.map((property) => property.name);
  const stray = Object.keys(expected).find((one) => !names.includes(one));
  if (stray === undefined) return;
  throw new PolicyError(`${name}: expected: no property "${stray}"${didYouMean(stray, names)}`);
}
