import { parentPort, workerData } from 'node:worker_threads';
import type { Batch, BatchResult } from '../explore/verify-programs.ts';
import { SubjectCrash } from '../subject/subject-crash.ts';
import { openPolicy } from './subjects.ts';
import { localExplorer, type WorkerReply, type WorkerTask } from './verify-explorers.ts';

/** Answers batches of programs in a worker thread, as long as it lives. */
export async function serveBatches(): Promise<void> {
  const task: WorkerTask = workerData;
  const silent = { cwd: task.cwd, isTerminal: false, stderr: () => undefined };
  const policy = await openPolicy(task.policy, silent, task.patches);
  const explorer = localExplorer(policy.subject(), task);
  parentPort?.on('message', async (batch: Batch) => {
    parentPort?.postMessage(await answer(() => explorer.explore(batch)));
  });
}

async function answer(explore: () => Promise<BatchResult>): Promise<WorkerReply> {
  try {
    return { result: await explore() };
  } catch (error) {
    if (error instanceof SubjectCrash) return { crash: error.message };
    throw error;
  }
}
