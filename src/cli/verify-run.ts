import type { Verification } from '../explore/verification.ts';
import { grouped } from '../report/words.ts';
import type { Io } from './io.ts';
import { Progress } from './progress.ts';
import type { BatchExplorer } from './verify-explorers.ts';

const SAVE_EVERY_MS = 10_000;
const MS_PER_MINUTE = 60_000;

/**
 * Lets explorers work on a verification until nothing is left to explore this time, the user wants
 * to stop, or the minutes are over (null: as long as it takes). `save` is called now and then.
 */
export async function exploreAll(
  verification: Verification,
  explorers: readonly BatchExplorer[],
  minutes: number | null,
  save: () => void,
  io: Io,
): Promise<void> {
  const progress = new Progress(io);
  const stop = new AbortController();
  const stopped = new Promise<void>((resolve) => {
    stop.signal.addEventListener('abort', () => resolve());
  });
  const takeBack = io.onInterrupt(() => stop.abort());
  const timer = minutes === null ? null : setTimeout(() => stop.abort(), minutes * MS_PER_MINUTE);
  let saveAt = io.now() + SAVE_EVERY_MS;
  const work = async (explorer: BatchExplorer): Promise<void> => {
    for (let batch = verification.take(); batch !== null; batch = verification.take()) {
      const result = await explorer.explore(batch).catch((error: unknown) => {
        // Ctrl-C ends what a subject runs in, too.
        if (stop.signal.aborted) return null;
        throw error;
      });
      if (stop.signal.aborted || result === null) return;
      verification.give(batch, result);
      progress.show(() => progressText(verification));
      if (io.now() < saveAt) continue;
      saveAt = io.now() + SAVE_EVERY_MS;
      save();
    }
  };
  try {
    while (verification.canGoOn && !stop.signal.aborted) {
      await Promise.race([Promise.all(explorers.map(work)), stopped]);
    }
  } finally {
    if (timer !== null) clearTimeout(timer);
    takeBack();
    progress.close();
  }
}

function progressText({ progress }: Verification): string {
  const { next, interleavings, violations } = progress;
  const found = violations.length === 0 ? '' : `, violated: ${violations.length}`;
  return `${grouped(next)} programs, ${grouped(interleavings)} interleavings${found}`;
}
