import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from './run-tool.ts';
import { ToolchainError } from './toolchain-error.ts';
import { REQUEST } from './wire.ts';

const NUMBER_BYTES = 8;
const FIRST_BUFFER_NUMBERS = 2 ** 14;

function temporaryFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'vmapcheck-'));
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new ToolchainError(
      `cannot write ${tmpdir()}: ${problem}; TMPDIR can name another folder`,
    );
  }
}

/**
 * A running program of native/, spoken to synchronously over two pipes. It ends by itself when this
 * process does.
 */
export class MachineProcess {
  readonly #child: ChildProcess;
  readonly #requests: number;
  readonly #replies: number;
  #out = new Float64Array(64);
  #in = new Float64Array(FIRST_BUFFER_NUMBERS);
  /** Whether it has ended, unasked: what it is asked then is not answered. */
  ended = false;

  /** Starts the program at a path. Throws a ToolchainError if it does not start. */
  constructor(program: string) {
    const folder = temporaryFolder();
    try {
      const requests = join(folder, 'requests');
      const replies = join(folder, 'replies');
      runTool('mkfifo', [requests, replies], 'coreutils');
      // Open for both, so that nobody waits for the other end to be opened.
      this.#requests = openSync(requests, 'r+');
      const writable = openSync(replies, 'r+');
      this.#child = spawn(program, [], { stdio: [this.#requests, writable, 'ignore'] });
      this.#child.unref();
      // Told by its pid as well, and at once.
      this.#child.on('error', () => {});
      this.#replies = openSync(replies, 'r');
      closeSync(writable);
    } finally {
      rmSync(folder, { recursive: true });
    }
    if (this.#child.pid === undefined || this.ask([REQUEST.tracepoints]) === null) {
      this.close();
      throw new ToolchainError(`${program}: does not start here; run it to see why`);
    }
  }

  /** Sends a message that is not answered. */
  send(message: readonly number[]): void {
    const length = message.length + 1;
    if (length > this.#out.length) this.#out = new Float64Array(2 * length);
    this.#out[0] = message.length;
    this.#out.set(message, 1);
    const bytes = new Uint8Array(this.#out.buffer, 0, length * NUMBER_BYTES);
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(this.#requests, bytes, done, bytes.length - done);
    }
  }

  /** Sends a message and waits for its answer, valid until the next; null: the program ended. */
  ask(message: readonly number[]): Float64Array | null {
    if (this.ended) return null;
    this.send(message);
    let bytes = new Uint8Array(this.#in.buffer);
    for (let done = 0; ; ) {
      const more = readSync(this.#replies, bytes, done, bytes.length - done, null);
      if (more === 0) {
        this.ended = true;
        return null;
      }
      done += more;
      if (done < NUMBER_BYTES) continue;
      const length = (this.#in[0] ?? 0) + 1;
      if (done === length * NUMBER_BYTES) return this.#in.subarray(1, length);
      if (length > this.#in.length) {
        const larger = new Float64Array(2 * length);
        new Uint8Array(larger.buffer).set(bytes.subarray(0, done));
        this.#in = larger;
        bytes = new Uint8Array(larger.buffer);
      }
    }
  }

  /** Ends the program. */
  close(): void {
    // Without a pid, kill() would mean every process of this group.
    if (!this.ended && this.#child.pid !== undefined) this.#child.kill();
    this.ended = true;
    closeSync(this.#requests);
    closeSync(this.#replies);
  }
}
