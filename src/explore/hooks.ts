import type { Watcher } from '../../properties/property.ts';

/** A watcher that has this hook. */
type Watching<K extends keyof Watcher> = Watcher & Required<Pick<Watcher, K>>;

/** The watchers of a run by the hooks they have. */
export class Hooks {
  readonly ptesSet: Watching<'ptesSet'>[] = [];
  readonly ptesCleared: Watching<'ptesCleared'>[] = [];
  readonly flushAsked: Watching<'flushAsked'>[] = [];
  readonly frameFreed: Watching<'frameFreed'>[] = [];
  readonly complaint: Watching<'complaint'>[] = [];
  readonly callBegins: Watching<'callBegins'>[] = [];
  readonly allocated: Watching<'allocated'>[] = [];
  readonly callReturned: Watching<'callReturned'>[] = [];
  readonly state: Watching<'state'>[] = [];

  /** A loop over the watchers for each hook would cost more, and there is a run in every case. */
  constructor(watchers: readonly Watcher[]) {
    for (let i = 0; i < watchers.length; i++) {
      const watcher = watchers[i];
      if (watcher === undefined) continue;
      if (has(watcher, 'ptesSet')) this.ptesSet.push(watcher);
      if (has(watcher, 'ptesCleared')) this.ptesCleared.push(watcher);
      if (has(watcher, 'flushAsked')) this.flushAsked.push(watcher);
      if (has(watcher, 'frameFreed')) this.frameFreed.push(watcher);
      if (has(watcher, 'complaint')) this.complaint.push(watcher);
      if (has(watcher, 'callBegins')) this.callBegins.push(watcher);
      if (has(watcher, 'allocated')) this.allocated.push(watcher);
      if (has(watcher, 'callReturned')) this.callReturned.push(watcher);
      if (has(watcher, 'state')) this.state.push(watcher);
    }
  }
}

function has<K extends keyof Watcher>(watcher: Watcher, hook: K): watcher is Watching<K> {
  return watcher[hook] !== undefined;
}
