import type { World } from './property.ts';

/** The CPUs that may hold an old translation of a page, in words: `cpu1`, or `every CPU`. */
export function cpusHolding(world: World, vpn: number): string {
  const { onlineCpus } = world.machine;
  const holders = onlineCpus.filter(
    (_cpu, index) => world.ledger.tlb.firstStaleOn(index, vpn, vpn + 1) === vpn,
  );
  return holders.length === onlineCpus.length && holders.length > 1
    ? 'every CPU'
    : holders.map((cpu) => `cpu${cpu}`).join(', ');
}
