import { type OpenOrder, OpenOrders, type Order } from './open-orders.ts';

/** Open orders before a divergence that are tried the other way, the nearest first. */
const NEAREST = 48;

/** Of these, two at a time. */
const NEAREST_PAIRS = 10;

/** Lines that attempts may replay, all together, for each line of the trace. */
const LINES_PER_LINE = 12;

/** Small traces get more. */
const LINES_MIN = 400_000;

/** Replays with some orders given; returns the line of the first divergence, Infinity for none. */
export type Attempt = (orders: OpenOrders) => number;

/** Orders by their key, see OpenOrder. */
type Given = ReadonlyMap<string, Order>;

/** What a search for orders came to. */
export interface OrdersFound {
  /** The orders that lead furthest. */
  readonly given: Given;
  /** How many others were replayed. */
  readonly tried: number;
}

/**
 * Looks for orders in which nothing diverges: goes back from the first divergence, takes one open
 * order after the other the other way, then two at once, and keeps what leads further. `lines`: of
 * the trace.
 */
export function ordersThatFit(attempt: Attempt, lines: number): OrdersFound {
  return new OrderSearch(attempt, Math.max(LINES_MIN, lines * LINES_PER_LINE)).run();
}

class OrderSearch {
  readonly #attempt: Attempt;
  #linesLeft: number;
  #given: Given = new Map();
  #met: readonly OpenOrder[] = [];
  #reached = 0;
  #tried = 0;

  constructor(attempt: Attempt, linesMax: number) {
    this.#attempt = attempt;
    this.#linesLeft = linesMax;
  }

  run(): OrdersFound {
    this.#try(this.#given);
    while (Number.isFinite(this.#reached) && this.#improve());
    return { given: this.#given, tried: this.#tried - 1 };
  }

  #improve(): boolean {
    const near = this.#met.slice(-NEAREST).reverse();
    for (const one of near) {
      for (const order of one.others) if (this.#try(this.#with([[one.key, order]]))) return true;
    }
    const pairs = near.slice(0, NEAREST_PAIRS);
    for (const [index, one] of pairs.entries()) {
      for (const other of pairs.slice(index + 1)) {
        for (const a of one.others) {
          for (const b of other.others) {
            const both = this.#with([
              [one.key, a],
              [other.key, b],
            ]);
            if (this.#try(both)) return true;
          }
        }
      }
    }
    return false;
  }

  #with(changes: readonly (readonly [string, Order])[]): Given {
    return new Map([...this.#given, ...changes]);
  }

  /** Replays with these orders, and keeps them if that leads further. */
  #try(given: Given): boolean {
    if (this.#linesLeft <= 0) return false;
    this.#tried++;
    const orders = new OpenOrders(given);
    const reached = this.#attempt(orders);
    this.#linesLeft -= Math.min(reached, this.#linesLeft);
    if (reached <= this.#reached) return false;
    this.#reached = reached;
    this.#given = given;
    this.#met = orders.met;
    return true;
  }
}
