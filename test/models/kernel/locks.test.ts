import { describe, expect, it } from 'vitest';
import { Lock, LockOrder } from '../../../models/kernel/locks.ts';

/** An order of its own, and a way to make locks for it. */
function freshOrder() {
  const order = new LockOrder();
  return { order, lock: (label: string) => new Lock(label, order.classOf(label)) };
}

describe('LockOrder', () => {
  it('gives the same class to the same label only', () => {
    const { order } = freshOrder();
    expect(order.classOf('vb->lock')).toBe(order.classOf('vb->lock'));
    expect(order.classOf('vbq->lock')).not.toBe(order.classOf('vb->lock'));
  });

  it('accepts one order again and again', () => {
    const { order, lock } = freshOrder();
    const [a, b] = [lock('a'), lock('b')];
    expect([order.problem([a], b), order.problem([a], b)]).toEqual([null, null]);
  });

  it('notices the opposite order', () => {
    const { order, lock } = freshOrder();
    const [a, b] = [lock('a'), lock('b')];
    order.problem([a], b);
    expect(order.problem([b], a)).toBe(
      'lock order inversion: a taken while b is held, and elsewhere the other way round',
    );
  });

  it('notices a circle over a third lock', () => {
    const { order, lock } = freshOrder();
    const [a, b, c] = [lock('a'), lock('b'), lock('c')];
    order.problem([a], b);
    order.problem([b], c);
    expect(order.problem([c], a)).toContain('inversion');
  });

  it('looks at every lock that is held, not only at the last one', () => {
    const { order, lock } = freshOrder();
    const [a, b, c] = [lock('a'), lock('b'), lock('c')];
    order.problem([a], b);
    expect(order.problem([b, c], a)).toContain('inversion');
  });

  it('notices a second lock of the same class', () => {
    const { order, lock } = freshOrder();
    expect(order.problem([lock('vb->lock')], lock('vb->lock'))).toContain('of the same class');
  });
});
