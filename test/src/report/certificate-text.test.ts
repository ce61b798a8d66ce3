import { describe, expect, it } from 'vitest';
import type { Certificate } from '../../../src/minimize/certificate.ts';
import { certificateLines, certificateText } from '../../../src/report/certificate-text.ts';

const CERTIFICATE: Certificate = {
  operations: 4,
  tasks: 1,
  preemptions: null,
  cpus: 1,
  machines: 3,
  shorter: [
    { alphabet: 'block', length: 3, programs: 51 },
    { alphabet: 'own', length: 3, programs: 63 },
    { alphabet: 'common', length: 3, programs: 369 },
    { alphabet: 'every', length: 2, programs: 1_095 },
  ],
  simpler: [
    { alphabet: 'block', length: 4, programs: 0 },
    { alphabet: 'own', length: 3, programs: 0 },
    { alphabet: 'common', length: 3, programs: 0 },
    { alphabet: 'every', length: 3, programs: 0 },
  ],
  budget: 15_000,
};

/** The certificate with every alphabet gone through up to these lengths. */
function through(shorter: number, simpler: number): Certificate {
  return {
    ...CERTIFICATE,
    shorter: CERTIFICATE.shorter.map((one) => ({ ...one, length: shorter })),
    simpler: CERTIFICATE.simpler.map((one) => ({ ...one, length: simpler, programs: 14 })),
  };
}

describe('certificateText', () => {
  it('names the largest alphabet of which all shorter programs were tried', () => {
    expect(certificateText(CERTIFICATE)).toBe(
      'certified minimal: no shorter violating scenario among 369 programs of at most 3 ' +
        'operations of its own and the common kinds on 3 machines of 1 CPU',
    );
    expect(certificateText(through(3, 4))).toBe(
      'certified minimal: no shorter violating scenario among 1,095 programs of at most 3 ' +
        'operations of any kind on 3 machines of 1 CPU, nor a simpler one among 14 of 4',
    );
  });

  it('tells of tasks and preemptions where there are some', () => {
    expect(certificateText({ ...CERTIFICATE, tasks: 2, preemptions: 1, cpus: 2 })).toBe(
      'certified minimal: no shorter violating scenario among 369 programs of at most 3 ' +
        'operations of its own and the common kinds on 3 machines of 2 CPUs in at most 2 tasks ' +
        'with 1 preemption',
    );
  });

  it('says when the budget did not suffice, and what it sufficed for', () => {
    expect(certificateText(through(2, 3))).toBe(
      'not certified: budget of 15,000 runs spent: no shorter violating scenario among 63 ' +
        'programs of at most 2 operations of its own kinds on 3 machines of 1 CPU',
    );
    expect(certificateText({ ...through(0, 3), budget: 1 })).toBe(
      'not certified: budget of 1 run spent',
    );
  });

  it('does not take what fits a block for what the scenario is made of', () => {
    const [block, ...others] = CERTIFICATE.shorter;
    if (block === undefined) throw new Error('none');
    const shorter = [block, ...others.map((one) => ({ ...one, length: 2 }))];
    expect(certificateText({ ...CERTIFICATE, shorter })).toMatch(/^not certified: /);
  });

  it('has nothing to try below one operation', () => {
    expect(certificateText({ ...through(0, 1), operations: 1, simpler: [] })).toBe(
      'certified minimal: nothing is shorter than one operation',
    );
  });
});

describe('certificateLines', () => {
  it('fit beside the word in a mail, and are the text when joined', () => {
    const lines = certificateLines(CERTIFICATE);
    expect(lines.join(' ')).toBe(certificateText(CERTIFICATE));
    expect(Math.max(...lines.map((line) => `certificate ${line}`.length))).toBeLessThanOrEqual(72);
  });

  it('are none without a certificate', () => {
    expect(certificateLines(null)).toEqual([]);
  });
});
