import { HIGHEST_VPN, VMALLOC_START } from '../models/hardware/machine.ts';
import { cpusHolding } from './holders.ts';
import type { Property } from './property.ts';

export const noStaleAlias: Property = {
  name: 'no-stale-alias',
  kind: 'safety',
  invariant: 'I1',
  prose:
    'When vm_unmap_aliases returns, no TLB may hold a page whose unmap was complete before it ' +
    'was called.',
  source: 'kernel-doc of vm_unmap_aliases(); fc1e0d980037 (v6.5) for fully used blocks',
  interleaved: 'always',
  underConcurrency:
    'Speaks of unmaps that had returned when vm_unmap_aliases was called; a page that was mapped ' +
    'and unmapped again since is another unmap.',
  watch(world, violated) {
    const { ledger } = world;
    return {
      callReturned(call, outcome, record) {
        if (call.kind !== 'vm_unmap_aliases' || outcome.status !== 'returned') return;
        let vpn = ledger.tlb.firstStale(VMALLOC_START, HIGHEST_VPN);
        // An unmap that had not returned when it was called is not covered by the promise.
        while (!Number.isNaN(vpn) && !ledger.wasUnmappedBefore(vpn, record)) {
          vpn = ledger.tlb.firstStale(vpn + 1, HIGHEST_VPN);
        }
        if (Number.isNaN(vpn)) return;
        violated(
          `vm_unmap_aliases returned, but ${world.describe(vpn)}, unmapped before it was called, ` +
            `may still be in the TLB of ${cpusHolding(world, vpn)}`,
          vpn,
        );
      },
    };
  },
};
