import { expect } from 'vitest';
import { minimize } from '../../../src/minimize/minimize.ts';
import { compareScenarios } from '../../../src/minimize/order.ts';
import type { Known } from '../../../src/minimize/small-scope.ts';
import { ANY_NOISE, type Noise, randomViolation } from './random-violation.ts';
import { judge, printed } from './scenarios.ts';

/** Of the seeds, how many have to arrive at the same text. */
const AGREEING = 0.95;

/**
 * Minimises a random violation from each seed and expects that nearly all arrive at `minimum`, all
 * still violate, and none got larger.
 */
export function expectConvergence(
  policy: string,
  propertyName: string,
  seeds: number,
  minimum: string,
  noise: Noise = ANY_NOISE,
): void {
  const { subject, property, violates } = judge(policy, propertyName);
  // What is known need not be tried again; the outcomes are the same.
  const known: Known = new Map();
  let agreeing = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const start = randomViolation(subject, property, seed, noise);
    const { scenario, exhausted } = minimize(start, violates, { known });
    expect(violates(scenario), `seed ${seed}`).toBe(true);
    expect(compareScenarios(scenario, start), `seed ${seed}`).toBeLessThan(0);
    expect(exhausted, `seed ${seed}`).toBe(false);
    if (printed(scenario) === minimum) agreeing++;
  }
  expect(agreeing / seeds).toBeGreaterThanOrEqual(AGREEING);
}
