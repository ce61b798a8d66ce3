import { ScenarioError, shown } from '../scenario/errors.ts';

/** The array of one line, its fields checked as they are read. */
export class Fields {
  #values: readonly unknown[] = [];
  #line = 0;

  /** Begins with another line. */
  open(values: readonly unknown[], line: number): void {
    this.#values = values;
    this.#line = line;
  }

  get length(): number {
    return this.#values.length;
  }

  get line(): number {
    return this.#line;
  }

  /** A page, a count, a CPU: a whole number, of either sign. */
  int(index: number, what: string): number {
    const value = this.#values[index];
    if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
    return this.#refuse(what, value, 'a whole number');
  }

  /** A whole number of [min, max]. */
  within(index: number, what: string, min: number, max: number): number {
    const value = this.int(index, what);
    if (value >= min && value <= max) return value;
    return this.#refuse(what, value, `a whole number of ${min}..${max}`);
  }

  /** A count of pages that are there: at least one. */
  pages(index: number, what: string): number {
    const value = this.#values[index];
    if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
    return this.#refuse(what, value, 'a number of pages');
  }

  /** A whole number, or what stands for null. */
  intOr(index: number, what: string, otherwise: number): number {
    return this.#values[index] === null ? otherwise : this.int(index, what);
  }

  /** 0 or 1. */
  flag(index: number, what: string): boolean {
    return this.within(index, what, 0, 1) === 1;
  }

  text(index: number, what: string): string {
    const value = this.#values[index];
    return typeof value === 'string' ? value : this.#refuse(what, value, 'a text');
  }

  isNull(index: number): boolean {
    return this.#values[index] === null;
  }

  /** Refuses a line that has another number of arguments than one of these. */
  expectArguments(code: string, ...counts: readonly number[]): void {
    const count = this.#values.length - STAMP_FIELDS;
    if (counts.includes(count)) return;
    const problem = `${code} has ${counts.join(' or ')} arguments, not ${count}`;
    throw new ScenarioError(this.#line, problem);
  }

  #refuse(what: string, value: unknown, instead: string): never {
    const given = JSON.stringify(value) ?? 'nothing';
    throw new ScenarioError(this.#line, `${what}: ${shown(given)} is not ${instead}`);
  }
}

/** Time, CPU, pid and code stand before the arguments. */
export const STAMP_FIELDS = 4;
