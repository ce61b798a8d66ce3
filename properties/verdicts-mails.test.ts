import { describe } from 'vitest';
import { policies } from '../models/policies/index.ts';
import { confirmVerdicts } from '../test/confirm-verdicts.ts';

// A file of its own, so that both cores have something to do.
describe('every policy of the mails', () => {
  confirmVerdicts(policies.filter(({ name }) => name.startsWith('mail')));
});
