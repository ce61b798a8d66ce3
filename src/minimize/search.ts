import type { Scenario } from '../scenario/scenario.ts';
import { canonical } from './canonical.ts';
import { compareScenarios } from './order.ts';
import { RunnableCheck } from './runnable.ts';

/** Asks whether scenarios violate, each at most once, and counts. */
export class Oracle {
  tries = 0;
  /** Whether a question was left unasked because the limit was reached. */
  exhausted = false;
  readonly #stillViolates: (scenario: Scenario) => boolean;
  readonly #limit: number;
  readonly #answers = new Map<string, boolean>();
  readonly #check = new RunnableCheck();

  constructor(stillViolates: (scenario: Scenario) => boolean, limit: number) {
    this.#stillViolates = stillViolates;
    this.#limit = limit;
  }

  /** False as well for what cannot be run, and for everything new once the limit is reached. */
  violates(scenario: Scenario): boolean {
    if (this.exhausted) return false;
    const key = JSON.stringify(scenario);
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const answer = this.#check.isRunnable(scenario) && this.#ask(scenario);
    this.#answers.set(key, answer);
    return answer;
  }

  #ask(scenario: Scenario): boolean {
    if (this.tries >= this.#limit) {
      this.exhausted = true;
      return false;
    }
    this.tries++;
    return this.#stillViolates(scenario);
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

  /** Goes on with a candidate, its names made canonical, if it is simpler and still violates. */
  attempt(candidate: Scenario): boolean {
    const named = canonical(candidate);
    if (compareScenarios(named, this.#current) >= 0 || !this.#oracle.violates(named)) return false;
    this.#adopt(named);
    return true;
  }

  /** Tries candidates up to the first that is accepted, and says whether there was one. */
  attemptAny(candidates: Iterable<Scenario>): boolean {
    for (const candidate of candidates) {
      if (this.#oracle.exhausted) return false;
      if (this.attempt(candidate)) return true;
    }
    return false;
  }

  /** Tries candidates made from the current scenario until none of them is accepted. */
  exhaust(candidates: (scenario: Scenario) => Iterable<Scenario>): void {
    while (this.attemptAny(candidates(this.#current)));
  }

  /** What is accepted gets ever simpler in an order without infinite descent: it ends. */
  #adopt(scenario: Scenario): void {
    if (compareScenarios(scenario, this.#current) >= 0) {
      throw new Error('a step of the minimiser must be strictly simpler');
    }
    this.#current = scenario;
  }
}
