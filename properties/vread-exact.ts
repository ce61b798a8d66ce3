import { isReadable } from '../models/reference/area.ts';
import type { CallRecord } from '../models/reference/call-record.ts';
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
  interleaved: 'always',
  underConcurrency:
    'Each page may be read as what it was at some moment of the call: while another call maps or ' +
    'unmaps it, as its frame or as zeroes.',
  watch(world, violated) {
    const reads = new Map<CallRecord, Read>();
    let inFlight = 0;
    return {
      callBegins(call, record) {
        inFlight++;
        noteValues(world, reads);
        if (call.kind !== 'vread') return;
        reads.set(record, { start: call.vpn, pages: call.pages, values: null });
        if (inFlight > 1) noteValues(world, reads);
      },
      ptesSet() {
        noteValues(world, reads);
      },
      ptesCleared() {
        noteValues(world, reads);
      },
      allocated() {
        noteValues(world, reads);
      },
      callReturned(call, outcome, record) {
        inFlight--;
        const read = reads.get(record);
        if (read?.values !== null) noteValues(world, reads);
        reads.delete(record);
        if (call.kind !== 'vread' || outcome.status !== 'returned-many') return;
        for (let page = 0; page < call.pages; page++) {
          const vpn = call.vpn + page;
          // Nothing at all is returned where no area intersects the range: that reads as zeroes.
          const got = outcome.values[page] ?? 0;
          const allowed = read?.values?.[page];
          if (allowed?.has(got) ?? isExpected(world, vpn, got)) continue;
          const right = [...(allowed ?? [expected(world, vpn)])].map(inWords).join(' or ');
          violated(`vread of ${world.describe(vpn)} returns ${inWords(got)}, not ${right}`, vpn);
          return;
        }
      },
    };
  },
};

/** A read while it runs. */
interface Read {
  /** First page, vpn. */
  readonly start: number;
  readonly pages: number;
  /**
   * What each page was since it began: a frame (pfn), or 0 for zeroes. Null as long as nothing has
   * happened beside it.
   */
  values: readonly Set<number>[] | null;
}

function noteValues(world: World, reads: ReadonlyMap<CallRecord, Read>): void {
  if (reads.size > 0) for (const read of reads.values()) noteValuesOf(world, read);
}

/** Takes down what each page of a read can be read as at this moment. */
function noteValuesOf({ ledger }: World, read: Read): void {
  read.values ??= Array.from({ length: read.pages }, () => new Set<number>());
  for (const [page, values] of read.values.entries()) {
    const area = ledger.areaOf.get(read.start + page);
    const mapped = ledger.frameOf.get(read.start + page) ?? 0;
    // Mapped, and nobody's yet or any more: the call that does it is under way.
    if (area?.state !== 'live') values.add(0).add(mapped);
    else values.add(isReadable(area.kind) ? mapped : 0);
  }
}

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
