/** When an unmap tells its block, as a walk over the blocks sees it. */
export type Order =
  /** Before it. */
  | 'before'
  /** Between its two looks, where a policy looks for fragmented blocks in a walk of its own. */
  | 'between'
  /** After it. */
  | 'after';

/** Two steps that no line puts in order, and the order they were taken in. */
export interface OpenOrder {
  /** The lines the steps come after. */
  readonly key: string;
  readonly taken: Order;
  readonly others: readonly Order[];
}

/**
 * What a trace leaves open: steps that have no line of their own, only lines of their tasks that
 * they lie between. One order of two of them is as good as another, until what follows tells.
 */
export class OpenOrders {
  readonly #given: ReadonlyMap<string, Order>;
  readonly #met = new Map<string, OpenOrder>();

  /** `given`: orders that are settled already, by key. */
  constructor(given: ReadonlyMap<string, Order> = new Map()) {
    this.#given = given;
  }

  /** Every one that was met, in the order they were met. */
  get met(): readonly OpenOrder[] {
    return [...this.#met.values()];
  }

  /** How many were taken otherwise than their lines stand. */
  get count(): number {
    return this.met.filter(({ taken }) => taken !== 'before').length;
  }

  /** The order of an unmap and a walk, by their lines; `likely` is asked for the first time. */
  of(unmap: number, walk: number, options: readonly Order[], likely: () => Order): Order {
    const key = `${unmap} ${walk}`;
    const met = this.#met.get(key);
    if (met !== undefined) return met.taken;
    const taken = this.#given.get(key) ?? likely();
    this.#met.set(key, { key, taken, others: options.filter((order) => order !== taken) });
    return taken;
  }
}
