import { createGunzip, gunzipSync } from 'node:zlib';
import { isNodeError } from '../counterexample/atomic-write.ts';
import { ScenarioError } from '../scenario/errors.ts';

const GZIP_MAGIC = [0x1f, 0x8b];

/** The largest trace that is read, unpacked: what fits into one string. */
const TEXT_BYTES_MAX = 2 ** 29 - 2 ** 20;

const NEWLINE = 10;

/**
 * The text of a trace, unpacked if it is a gzip file. Throws a ScenarioError with the line up to
 * which the text could be read if the file is cut short or damaged.
 */
export async function unpack(bytes: Uint8Array): Promise<string> {
  if (bytes[0] !== GZIP_MAGIC[0] || bytes[1] !== GZIP_MAGIC[1]) {
    if (bytes.length > TEXT_BYTES_MAX) throw tooLong();
    return new TextDecoder().decode(bytes);
  }
  try {
    return gunzipSync(bytes, { maxOutputLength: TEXT_BYTES_MAX }).toString('utf8');
  } catch (error) {
    if (isNodeError(error, 'ERR_BUFFER_TOO_LARGE')) throw tooLong();
    const lines = await wholeLines(bytes);
    const what = isNodeError(error, 'Z_BUF_ERROR') ? 'the gzip file is cut short' : corrupt(error);
    throw new ScenarioError(lines + 1, what);
  }
}

function tooLong(): ScenarioError {
  return new ScenarioError(1, `the trace is longer than ${TEXT_BYTES_MAX} bytes`);
}

function corrupt(error: unknown): string {
  return `the gzip file is damaged: ${error instanceof Error ? error.message : String(error)}`;
}

/** How many whole lines can be unpacked before it fails. */
function wholeLines(bytes: Uint8Array): Promise<number> {
  return new Promise((resolve) => {
    let lines = 0;
    const gunzip = createGunzip();
    gunzip.on('data', (chunk: Uint8Array) => {
      for (const byte of chunk) if (byte === NEWLINE) lines++;
    });
    gunzip.on('error', () => resolve(lines));
    gunzip.on('end', () => resolve(lines));
    gunzip.end(bytes);
  });
}
