import { describe, expect, it } from 'vitest';
import { MachineProcess } from '../../../../src/subject/native/machine-process.ts';

describe('a program that does not run', () => {
  it('because it is not there', () => {
    expect(() => new MachineProcess('/nowhere/machine')).toThrow(
      '/nowhere/machine: does not start',
    );
  });

  it('because it ends at once', () => {
    expect(() => new MachineProcess('/bin/true')).toThrow('/bin/true: does not start');
  });
});
