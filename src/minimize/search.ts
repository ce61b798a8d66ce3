import type { Scenario } from '../scenario/scenario.ts';
import { canonical } from './canonical.ts';
import { compareScenarios } from './order.ts';
import { RunnableCheck } from './runnable.ts';

/**
 * How many preemptions a scenario of several tasks may take to violate, compared with the simplest
 * one so far.
 */
export type Preemptions = 'no more' | 'any' | 'fewer';

/** Whether a scenario violates. */
export type StillViolates = (scenario: Scenario, preemptions: Preemptions) => boolean;

/** Asks whether scenarios violate, each at most once, and counts. */
export class Oracle {
  tries = 0;
  /** Whether a question was left unasked because the limit was reached. */
  exhausted = false;
  readonly #stillViolates: StillViolates;
  readonly #limit: number;
  readonly #answers = new Map<string, boolean>();
  readonly #check = new RunnableCheck();

  constructor(stillViolates: StillViolates, limit: number) {
    this.#stillViolates = stillViolates;
    this.#limit = limit;
  }

  /** False as well for what cannot be run, and for everything new once the limit is reached. */
  violates(scenario: Scenario, preemptions: Preemptions): boolean {
    if (this.exhausted) return false;
    const key = preemptions + JSON.stringify(scenario);
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const answer = this.#check.isRunnable(scenario) && this.#ask(scenario, preemptions);
    // The simplest takes more preemptions now, or fewer: what was said of others is out of date.
    if (answer && preemptions !== 'no more') this.#answers.clear();
    this.#answers.set(key, answer);
    return answer;
  }

  #ask(scenario: Scenario, preemptions: Preemptions): boolean {
    if (this.tries >= this.#limit) {
      this.exhausted = true;
      return false;
    }
    this.tries++;
    return this.#stillViolates(scenario, preemptions);
  }
}

/** The simplest violating scenario found so far, on its way down. */
export class Search {
  readonly #oracle: Oracle;
  #current: Scenario;

  constructor(start: Scenario, oracle: Oracle) {
    this.#current = start;
    this.#oracle = oracle;
  }

  get current(): Scenario {
    return this.#current;
  }

  /**
   * Goes on with a candidate, its names made canonical, if it is simpler and still violates. One
   * that takes fewer preemptions is simpler if it has no more tasks and operations, which is for
   * the caller to see to. What is accepted gets ever simpler in an order without infinite descent:
   * it ends.
   */
  attempt(candidate: Scenario, preemptions: Preemptions = 'no more'): boolean {
    const named = canonical(candidate);
    if (preemptions !== 'fewer' && compareScenarios(named, this.#current) >= 0) return false;
    if (!this.#oracle.violates(named, preemptions)) return false;
    this.#current = named;
    return true;
  }

  /** Tries candidates up to the first that is accepted, and says whether there was one. */
  attemptAny(candidates: Iterable<Scenario>, preemptions: Preemptions = 'no more'): boolean {
    for (const candidate of candidates) {
      if (this.#oracle.exhausted) return false;
      if (this.attempt(candidate, preemptions)) return true;
    }
    return false;
  }

  /** Tries candidates made from the current scenario until none of them is accepted. */
  exhaust(candidates: (scenario: Scenario) => Iterable<Scenario>): void {
    while (this.attemptAny(candidates(this.#current)));
  }
}
