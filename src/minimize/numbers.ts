import type { Operation, Place } from '../scenario/operation.ts';

/** One number of an operation, and the operation with another in its place. */
export interface NumberIn {
  /** size: pages. offset: where in an area, or a bare vpn; may be negative. */
  readonly role: 'size' | 'offset' | 'align' | 'cpu' | 'nth';
  readonly value: number;
  /** The simplest value there is. */
  readonly least: number;
  with(value: number): Operation;
}

/** Every number of an operation. */
export function numbersIn(operation: Operation): readonly NumberIn[] {
  const op = operation;
  const numbers: NumberIn[] = [];
  if ('pages' in op && op.pages !== null) {
    numbers.push(size(op.pages, (pages) => ({ ...op, pages })));
  }
  if ('sizes' in op) {
    for (const [i, pages] of op.sizes.entries()) {
      numbers.push(size(pages, (value) => ({ ...op, sizes: op.sizes.with(i, value) })));
    }
    for (const [i, value] of op.offsets.entries()) {
      const put = (offset: number) => ({ ...op, offsets: op.offsets.with(i, offset) });
      numbers.push({ role: 'offset', value, least: 0, with: put });
    }
  }
  if ('align' in op) {
    const put = (align: number) => ({ ...op, align });
    numbers.push({ role: 'align', value: op.align, least: 1, with: put });
  }
  if ('at' in op) numbers.push(offset(op.at, (at) => ({ ...op, at })));
  if ('cpu' in op) {
    numbers.push({ role: 'cpu', value: op.cpu, least: 0, with: (cpu) => ({ ...op, cpu }) });
  }
  if ('nth' in op) {
    numbers.push({ role: 'nth', value: op.nth, least: 1, with: (nth) => ({ ...op, nth }) });
  }
  return numbers;
}

/** The sum of all numbers of an operation. -2 counts 2.5: more than 2, less than 3. */
export function sumOfNumbers(op: Operation): number {
  let sum = 0;
  if ('pages' in op && op.pages !== null) sum += op.pages;
  if ('sizes' in op) {
    for (const size of op.sizes) sum += size;
    for (const offset of op.offsets) sum += offset;
  }
  if ('align' in op) sum += op.align;
  if ('at' in op) {
    const place = 'vpn' in op.at ? op.at.vpn : op.at.offset;
    sum += place < 0 ? 0.5 - place : place;
  }
  if ('cpu' in op) sum += op.cpu;
  if ('nth' in op) sum += op.nth;
  return sum;
}

/** An operation with each number of some roles replaced; `change` is told the present value. */
export function mapNumbers(
  operation: Operation,
  roles: readonly NumberIn['role'][],
  change: (value: number, number: NumberIn) => number,
): Operation {
  let result = operation;
  for (let i = 0; i < numbersIn(operation).length; i++) {
    const number = numbersIn(result)[i];
    if (number === undefined || !roles.includes(number.role)) continue;
    const value = change(number.value, number);
    if (value !== number.value) result = number.with(value);
  }
  return result;
}

/** Up to so far from the least value, every one in between is tried. */
const CLOSE = 8;

/**
 * Simpler values than `value`, simplest first: all that are between it and the least if those are
 * few, else the least, half way to it, one step to it.
 */
export function simplerValues(value: number, least: number): number[] {
  if (value === least) return [];
  if (value > least && value - least <= CLOSE) {
    return Array.from({ length: value - least }, (_, step) => least + step);
  }
  const half = least + Math.trunc((value - least) / 2);
  const step = value - Math.sign(value - least);
  return [...new Set([least, half, step])].filter((simpler) => simpler !== value);
}

function size(value: number, put: (pages: number) => Operation): NumberIn {
  return { role: 'size', value, least: 1, with: put };
}

function offset(at: Place, put: (at: Place) => Operation): NumberIn {
  return 'vpn' in at
    ? { role: 'offset', value: at.vpn, least: 0, with: (vpn) => put({ vpn }) }
    : { role: 'offset', value: at.offset, least: 0, with: (offset) => put({ ...at, offset }) };
}
