import { expect, it } from 'vitest';
import { readOnce } from '../../../models/policies/tglx-5of6-read-once.ts';
import { withoutPatch } from './patched.ts';

it('changes nothing that this model can tell', () => {
  const Base = withoutPatch(readOnce);
  expect(readOnce.apply(Base)).toBe(Base);
});
