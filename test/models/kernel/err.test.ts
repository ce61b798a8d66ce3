import { describe, expect, it } from 'vitest';
import { HIGHEST_VPN, LOWEST_VPN } from '../../../models/hardware/machine.ts';
import {
  ALIGN,
  alignDown,
  EBUSY,
  EINVAL,
  ENOMEM,
  ERR_PTR,
  get_order,
  IS_ERR,
  NULL,
} from '../../../models/kernel/err.ts';

describe('disguised errors', () => {
  it.each([ENOMEM, EBUSY, EINVAL])('errno %i is told from every address', (errno) => {
    expect(IS_ERR(ERR_PTR(errno))).toBe(true);
    expect(ERR_PTR(errno)).toBeGreaterThan(HIGHEST_VPN);
  });

  it('NULL is no error and no address', () => {
    expect(IS_ERR(NULL)).toBe(false);
    expect(NULL).toBeLessThan(LOWEST_VPN);
  });

  it.each([LOWEST_VPN, 0, HIGHEST_VPN])('page %i is no error', (vpn) => {
    expect(IS_ERR(vpn)).toBe(false);
  });
});

describe('rounding', () => {
  it.each([
    [1, 0],
    [2, 1],
    [3, 2],
    [4, 2],
    [5, 3],
    [512, 9],
    [513, 10],
  ])('get_order of %i pages is %i', (pages, order) => {
    expect(get_order(pages)).toBe(order);
  });

  it.each([
    [0, 4, 0, 0],
    [1, 4, 4, 0],
    [4, 4, 4, 4],
    [-1, 4, -0, -4],
    [-5, 4, -4, -8],
    [7, 1, 7, 7],
  ])('page %i lies between multiples of %i', (vpn, align, up, down) => {
    expect(ALIGN(vpn, align)).toBe(up);
    expect(alignDown(vpn, align)).toBe(down);
  });
});
