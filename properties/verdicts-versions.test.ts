import { describe, expect, it } from 'vitest';
import { policies } from '../models/policies/index.ts';
import { confirmVerdicts } from '../test/confirm-verdicts.ts';
import { properties } from './index.ts';

describe('every kernel version, and the series of May 2023', () => {
  confirmVerdicts(policies.filter(({ name }) => !name.startsWith('mail')));
});

describe('the expectations', () => {
  it('name properties that exist, and a source each', () => {
    const names = new Set(properties.map(({ name }) => name));
    for (const policy of policies) {
      for (const [name, { source }] of Object.entries(policy.expected)) {
        expect(names).toContain(name);
        expect(source).not.toBe('');
      }
    }
  });
});
