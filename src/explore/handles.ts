import type { Area } from '../../models/reference/area.ts';
import type { Place } from '../scenario/operation.ts';
import { pageText } from '../scenario/page-text.ts';

/** What a name of a scenario stands for once its allocation has returned. */
export interface Handle {
  readonly name: string;
  /** First page, vpn. */
  readonly vpn: number;
  /** Pages asked for; over all areas for pcpu_get_vm_areas. */
  readonly pages: number;
  /** The reference's areas; one but for pcpu_get_vm_areas. */
  readonly areas: readonly Area[];
}

/** How far behind an area a page is still named after it, in pages. */
const CLOSE = 64;

/** The names of one run. */
export class Handles {
  readonly #byName = new Map<string, Handle>();
  readonly #inOrder: Handle[] = [];

  add(handle: Handle): void {
    this.#byName.set(handle.name, handle);
    this.#inOrder.push(handle);
  }

  get(name: string): Handle | undefined {
    return this.#byName.get(name);
  }

  /** The page a place means, or NaN if its allocation failed or never ran. */
  vpnOf(place: Place): number {
    if ('vpn' in place) return place.vpn;
    const handle = this.#byName.get(place.area);
    return handle === undefined ? Number.NaN : handle.vpn + place.offset;
  }

  /**
   * `page A+1` for a page of the area that had it last, or for one close behind an area, as the
   * scenario would call it; else `page 7`.
   */
  describe(vpn: number): string {
    let below: Handle | undefined;
    for (let i = this.#inOrder.length - 1; i >= 0; i--) {
      const handle = this.#inOrder[i];
      if (handle === undefined) continue;
      if (handle.vpn <= vpn && handle.vpn > (below?.vpn ?? vpn - CLOSE)) below = handle;
      for (const { start, pages } of handle.areas) {
        if (vpn >= start && vpn < start + pages) {
          const offset = vpn - handle.vpn;
          return offset === 0 ? `page ${handle.name}` : `page ${handle.name}+${offset}`;
        }
      }
    }
    return below === undefined ? `page ${pageText(vpn)}` : `page ${below.name}+${vpn - below.vpn}`;
  }
}
