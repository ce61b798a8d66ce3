import { HIGHEST_VPN, LOWEST_VPN } from '../../../models/hardware/machine.ts';
import { interleavedProperties } from '../../../properties/index.ts';
import type { Property, Watcher, World } from '../../../properties/property.ts';
import { explore } from '../../../src/explore/explore.ts';
import type { Exploration, Strategy } from '../../../src/explore/explorer.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';
import type { KernelState, Subject } from '../../../src/subject/port.ts';

/** What all interleavings that were run came to, each thing once. */
export interface Reached {
  readonly exploration: Exploration;
  /** Names of violated properties, sorted. */
  readonly violated: readonly string[];
  /** Outcomes of all calls with the state they left, or how the run ended early; sorted. */
  readonly ends: readonly string[];
}

/**
 * Explores without stopping at violations, and takes down every verdict and every final state:
 * the kernel's books, the page tables, what TLBs may hold, and how each call ended.
 */
export function reached(
  subject: Subject,
  scenario: Scenario,
  strategy: Strategy,
  limit = 20_000,
): Reached {
  const violated = new Set<string>();
  const ends = new Set<string>();
  const noting = interleavedProperties.map(
    (property): Property => ({
      ...property,
      watch: (world) => property.watch(world, () => violated.add(property.name)),
    }),
  );
  const properties = [...noting, endsInto(ends)];
  const exploration = explore(subject, scenario, { strategy, properties, limit });
  return { exploration, violated: [...violated].sort(), ends: [...ends].sort() };
}

/** No property, but sees what they see. */
function endsInto(ends: Set<string>): Property {
  return {
    name: 'ends',
    kind: 'economy',
    invariant: '',
    prose: '',
    source: '',
    interleaved: 'always',
    underConcurrency: '',
    watch: (world) => endWatcher(world, ends),
  };
}

function endWatcher(world: World, ends: Set<string>): Watcher {
  const outcomes: string[] = [];
  const end = (how: string) => ends.add([...outcomes.sort(), how].join('\n'));
  return {
    callReturned(call, outcome) {
      outcomes.push(JSON.stringify([call, outcome]));
      if (outcome.status === 'died') end('died');
    },
    complaint(_cause, text) {
      const how = /^(deadlock|livelock)/.exec(text)?.[0];
      if (how !== undefined) end(how);
    },
    state: (state) => end(stateText(world, state)),
  };
}

function stateText({ ledger, machine }: World, state: KernelState): string {
  const stale = machine.onlineCpus.map((_cpu, index) => {
    const pages: number[] = [];
    const next = (from: number) => ledger.tlb.firstStaleOn(index, from, HIGHEST_VPN);
    for (let vpn = next(LOWEST_VPN); !Number.isNaN(vpn); vpn = next(vpn + 1)) pages.push(vpn);
    return pages;
  });
  const mapped = [...ledger.frameOf].sort(([a], [b]) => a - b);
  const objects = [...state.objects].sort();
  return JSON.stringify([{ ...state, objects }, stale, mapped, [...ledger.directMap]]);
}
