import { text } from 'node:stream/consumers';
import { isNodeError } from '../counterexample/atomic-write.ts';
import type { Io } from './io.ts';

/** The streams and the clock of this process. */
export function processIo(): Io {
  // A reader that has seen enough, such as `head`, is no fault.
  process.stdout.on('error', (error) => {
    if (!isNodeError(error, 'EPIPE')) throw error;
  });
  return {
    stdout: (output) => void process.stdout.write(output),
    stderr: (output) => void process.stderr.write(output),
    readStdin: () => text(process.stdin),
    isTerminal: process.stderr.isTTY === true,
    now: () => performance.now(),
    onInterrupt: (stop) => {
      // A second one ends the process at once.
      process.once('SIGINT', stop);
      return () => process.off('SIGINT', stop);
    },
    cwd: process.cwd(),
  };
}
