import { isReadable } from '../models/reference/area.ts';
import { frameText } from '../src/scenario/page-text.ts';
import type { Property, World } from './property.ts';

export const vreadExact: Property = {
  name: 'vread-exact',
  kind: 'safety',
  invariant: 'I12',
  prose:
    'A read returns the bytes of the live mapping at that very page, zeroes for holes, and ' +
    'misses no area.',
  source: 'kernel-doc of vread(); 06c8994626d1 (v6.3) for vm_map_ram areas, f181234a5a21 (v5.15)',
  watch(world, violated) {
    return {
      callReturned(call, outcome) {
        if (call.kind !== 'vread' || outcome.status !== 'returned-many') return;
        for (let page = 0; page < call.pages; page++) {
          const vpn = call.vpn + page;
          // Nothing at all is returned where no area intersects the range: that reads as zeroes.
          const got = outcome.values[page] ?? 0;
          if (isExpected(world, vpn, got)) continue;
          const where = world.describe(vpn);
          violated(
            `vread of ${where} returns ${inWords(got)}, not ${inWords(expected(world, vpn))}`,
          );
          return;
        }
      },
    };
  },
};

function expected({ ledger }: World, vpn: number): number {
  const area = ledger.areaOf.get(vpn);
  if (area === undefined || !isReadable(area.kind)) return 0;
  return ledger.frameOf.get(vpn) ?? 0;
}

function isExpected(world: World, vpn: number, got: number): boolean {
  // An area on its way out may be seen or not.
  if (got === 0 && world.ledger.areaOf.get(vpn)?.state === 'leaving') return true;
  return got === expected(world, vpn);
}

function inWords(pfn: number): string {
  return pfn === 0 ? 'zeroes' : `the bytes of ${frameText(pfn)}`;
}
