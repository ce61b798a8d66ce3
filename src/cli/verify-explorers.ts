import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { properties } from '../../properties/index.ts';
import type { Domain } from '../explore/small-programs.ts';
import {
  type Batch,
  type BatchResult,
  ProgramList,
  verifyPrograms,
} from '../explore/verify-programs.ts';
import type { Subject } from '../subject/port.ts';
import { SubjectCrash } from '../subject/subject-crash.ts';

/** Explores one batch of programs at a time. */
export interface BatchExplorer {
  explore(batch: Batch): Promise<BatchResult>;
  /** Ends it, in the middle of a batch if need be. */
  close(): Promise<void>;
}

/** What a worker is to explore; it loads the policy itself. */
export interface WorkerTask {
  /** The policy, as the user wrote it. */
  readonly policy: string;
  readonly patches: readonly string[];
  readonly cwd: string;
  readonly domain: Domain;
  /** Interleavings of one program, at most. */
  readonly limit: number;
}

/** What a worker answers to a batch. `crash`: the subject failed, as one line says. */
export type WorkerReply = { readonly result: BatchResult } | { readonly crash: string };

/** A batch that is out. */
interface Pending {
  readonly resolve: (result: BatchResult) => void;
  readonly reject: (error: unknown) => void;
}

/** Explores in this thread. */
export function localExplorer(subject: Subject, { domain, limit }: WorkerTask): BatchExplorer {
  const programs = new ProgramList(domain);
  return {
    async explore(batch) {
      // Lets the wish to stop come in.
      await setImmediate();
      const watched = properties.filter(({ name }) => batch.properties.includes(name));
      return verifyPrograms(subject, programs, batch, watched, limit);
    },
    close: () => Promise.resolve(),
  };
}

/** Explores in a thread of its own. A crash of the subject there is thrown here. */
export function workerExplorer(task: WorkerTask): BatchExplorer {
  const worker = new Worker(new URL('./verify-worker.js', import.meta.url), { workerData: task });
  let pending: Pending | null = null;
  worker.on('message', (reply: WorkerReply) => {
    if ('result' in reply) pending?.resolve(reply.result);
    else pending?.reject(new SubjectCrash(reply.crash));
  });
  worker.on('error', (error) => pending?.reject(error));
  worker.on('exit', () => pending?.reject(new SubjectCrash(`${task.policy}: ended its thread`)));
  return {
    explore: (batch) =>
      new Promise((resolve, reject) => {
        pending = { resolve, reject };
        worker.postMessage(batch);
      }),
    async close() {
      pending = null;
      await worker.terminate();
    },
  };
}
