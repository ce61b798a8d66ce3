import { DirectMapPerm } from '../models/hardware/observer.ts';
import { cpusHolding } from './holders.ts';
import type { Property } from './property.ts';

export const directMapPerms: Property = {
  name: 'direct-map-perms',
  kind: 'safety',
  invariant: 'I11',
  prose:
    'VM_FLUSH_RESET_PERMS pages are back to default permissions in page table and TLBs before ' +
    'they can be used again.',
  source: '868b104d7379 (v5.2); fixed in v5.2-rc4 for a wrong range',
  interleaved: 'always',
  underConcurrency:
    'As it stands, at the moment a frame is freed. Who frees an area while another of his calls ' +
    'uses it breaks the contract, and is not judged.',
  watch(world, violated) {
    const { ledger } = world;
    return {
      frameFreed(pfn) {
        if (ledger.directMap.has(pfn)) {
          const perm = ledger.directMap.get(pfn);
          const what = perm === DirectMapPerm.readOnly ? 'read-only' : 'not present';
          violated(`frame ${pfn} is freed while the direct map has it ${what}`);
          return;
        }
        const vpn = world.machine.directMapVpn + pfn;
        if (Number.isNaN(ledger.tlb.firstStale(vpn, vpn + 1))) return;
        violated(
          `frame ${pfn} is freed while ${cpusHolding(world, vpn)} may still hold its ` +
            'read-only direct-map translation',
          vpn,
        );
      },
    };
  },
};
