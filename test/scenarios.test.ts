import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { policies } from '../models/policies/index.ts';
import { kernelOf } from '../models/policies/policy.ts';
import { properties } from '../properties/index.ts';
import type { Property } from '../properties/property.ts';
import { runScenario } from '../src/explore/run-scenario.ts';
import { parseCase } from '../src/scenario/case-text.ts';
import { PolicySubject } from '../src/subject/policy-subject.ts';

const FOLDER = new URL('../scenarios/', import.meta.url);

/** What the mails are about, oldest first. */
const POLICIES = [
  'v6.1',
  'v6.4',
  'tglx-1of6',
  'tglx-2of6',
  'tglx-3of6',
  'tglx-4of6',
  'tglx-5of6',
  'tglx-6of6',
  'v6.5',
] as const;

/** What is to be seen on a policy. */
interface Seen {
  readonly violated: readonly string[];
  /** Every flush, in order. The block begins at page 0. */
  readonly flushes: readonly string[];
  /** Blocks that vm_map_ram needed; one if not said. */
  readonly blocks?: number;
  /** For each touch, whether the CPU used a translation that is gone from the page table. */
  readonly staleTouches?: readonly boolean[];
}

/** From each policy named here on, until the next one named, the same is seen. */
type SeenSince = Partial<Record<(typeof POLICIES)[number], Seen>>;

const SEEN: Readonly<Record<string, SeenSince>> = {
  'mail1-1-block-thrown-away': {
    'v6.1': {
      violated: ['flush-exact', 'no-premature-purge'],
      flushes: ['1024 pages at 0, 1 dirty'],
      blocks: 2,
    },
    'tglx-6of6': { violated: [], flushes: ['1 pages at 0, 1 dirty'] },
  },
  // 255 pages are rounded up to 256: one page more is asked for than is dirty.
  'mail1-2-table-as-written': {
    'v6.1': { violated: ['no-stale-alias'], flushes: [] },
    'tglx-1of6': {
      violated: ['flush-exact', 'flushed-exactly-once'],
      flushes: ['256 pages at 0, 255 dirty', '256 pages at 0, 0 dirty'],
    },
    'tglx-3of6': {
      violated: ['flush-exact'],
      flushes: ['256 pages at 0, 255 dirty'],
    },
  },
  'mail1-3-table-4-pages-left': {
    'v6.1': {
      violated: ['flush-exact', 'flushed-exactly-once'],
      flushes: [
        '256 pages at 0, 255 dirty',
        '256 pages at 0, 0 dirty',
        '512 pages at 0, 255 dirty',
        '512 pages at 0, 0 dirty',
      ],
    },
    'tglx-3of6': {
      violated: ['flush-exact'],
      flushes: ['256 pages at 0, 255 dirty', '256 pages at 256, 255 dirty'],
    },
  },
  'mail1-4-dirty-range-case-1': {
    'v6.1': {
      violated: ['flush-exact', 'flushed-exactly-once'],
      flushes: ['2 pages at 0, 2 dirty', '8 pages at 0, 2 dirty'],
    },
    'tglx-3of6': {
      violated: [],
      flushes: ['2 pages at 0, 2 dirty', '2 pages at 6, 2 dirty'],
    },
  },
  'mail1-5-dirty-range-case-2': {
    'v6.1': { violated: ['flush-exact'], flushes: ['8 pages at 0, 4 dirty'] },
  },
  'mail1-6-dirty-range-case-3': {
    'v6.1': { violated: [], flushes: ['8 pages at 0, 8 dirty'] },
  },
  'mail1-6-dirty-range-case-3-alone': {
    'v6.1': {
      violated: ['flush-exact', 'no-premature-purge'],
      flushes: ['1024 pages at 0, 8 dirty'],
    },
    'tglx-6of6': { violated: [], flushes: ['8 pages at 0, 8 dirty'] },
  },
  'mail1-7-1002-pages-for-4': {
    'v6.1': { violated: ['flush-exact'], flushes: ['1002 pages at 0, 4 dirty'] },
  },
  // The last flush is the mail's "4MB": 1024 pages.
  'mail1-8-last-of-255-freed-late': {
    'v6.1': {
      violated: ['flush-exact', 'flushed-exactly-once'],
      flushes: [
        '256 pages at 0, 256 dirty',
        '512 pages at 0, 256 dirty',
        '768 pages at 0, 256 dirty',
        '1016 pages at 0, 248 dirty',
        '1024 pages at 0, 4 dirty',
      ],
    },
    'tglx-3of6': {
      violated: ['flush-exact', 'flushed-exactly-once'],
      flushes: [
        '256 pages at 0, 256 dirty',
        '256 pages at 256, 256 dirty',
        '256 pages at 512, 256 dirty',
        '248 pages at 768, 248 dirty',
        '1024 pages at 0, 4 dirty',
      ],
    },
  },
  'mail1-9-fully-used-block': {
    'v6.1': {
      violated: ['no-stale-alias'],
      flushes: ['1024 pages at 0, 1024 dirty'],
      staleTouches: [false, true],
    },
    'tglx-1of6': {
      violated: ['flush-exact', 'flushed-exactly-once'],
      flushes: ['64 pages at 0, 64 dirty', '1024 pages at 0, 960 dirty'],
      staleTouches: [false, false],
    },
  },
  'mail2-1-dirty-mapped-dirty-free': {
    'v6.1': { violated: ['flush-exact'], flushes: ['14 pages at 0, 10 dirty'] },
  },
  // 2 of 6 ends the double count, and yet the flush is the same: the whole block covers the
  // dirty range.
  'mail2-2-dirty-free': {
    'v6.1': {
      violated: ['flush-exact', 'no-premature-purge'],
      flushes: ['1024 pages at 0, 6 dirty'],
    },
    'tglx-6of6': { violated: [], flushes: ['6 pages at 0, 6 dirty'] },
  },
};

const cases = readdirSync(FOLDER)
  .filter((file) => /^mail.*\.case$/.test(file))
  .map((file) => {
    const text = readFileSync(new URL(file, FOLDER), 'utf8');
    return { name: file.slice(0, -'.case'.length), text };
  });

/** Writes down every flush; violates nothing. */
function recorder(flushes: string[]): Property {
  return {
    name: 'recorder',
    kind: 'economy',
    invariant: '',
    prose: '',
    source: '',
    interleaved: 'never',
    underConcurrency: '',
    watch: ({ ledger }) => ({
      flushAsked(start, end) {
        const dirty = ledger.tlb.countStale(start, end);
        flushes.push(`${end - start} pages at ${start}, ${dirty} dirty`);
      },
    }),
  };
}

function see(policyName: string, text: string): Required<Seen> {
  const policy = policies.find(({ name }) => name === policyName);
  if (policy === undefined) throw new Error(`no policy is called ${policyName}`);
  const flushes: string[] = [];
  const staleTouches: boolean[] = [];
  const { violations, run } = runScenario(
    new PolicySubject(policy.name, kernelOf(policy)),
    parseCase(text).scenario,
    [...properties, recorder(flushes)],
    {
      booted: () => {},
      stepped: (_operation, step) => {
        if (step.kind === 'touched') staleTouches.push(step.stale);
        else expect(step.kind).toBe('called');
      },
    },
  );
  return {
    violated: violations.map(({ property }) => property.name).sort(),
    flushes,
    blocks: run.session.tracepoints().get('new_vmap_block') ?? 0,
    staleTouches,
  };
}

describe('the scenarios of the mails', () => {
  it('every file says what is to be seen, and where it comes from', () => {
    expect(cases.map(({ name }) => name).sort()).toEqual(Object.keys(SEEN).sort());
    for (const { name, text } of cases) {
      const mail = name.startsWith('mail1') ? 'Thomas Gleixner, 19 May' : 'Baoquan He, 19 May';
      expect(text).toContain(`# ${mail} 2023 (${name.slice(0, 4)} ${name.slice(4, 5)})`);
    }
  });

  it.each(cases)('$name', ({ name, text }) => {
    const since = SEEN[name];
    let expected = since?.['v6.1'];
    for (const policy of POLICIES) {
      expected = since?.[policy] ?? expected;
      expect(see(policy, text), policy).toEqual({ blocks: 1, staleTouches: [], ...expected });
    }
  });
});
