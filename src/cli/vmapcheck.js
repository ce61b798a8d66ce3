#!/usr/bin/env node
// Node 20 cannot load TypeScript by itself; from here on every import may be a .ts file.
import { register as registerHooks } from 'node:module';
import { register as registerTypeScript } from 'tsx/esm/api';

registerTypeScript();
registerHooks('./typescript-hooks.js', import.meta.url);

// A policy's file may never finish loading, or end the process: that is no verdict.
const onEarlyExit = () => {
  process.stderr.write('vmapcheck: cannot tell: ended while the policy was being loaded or run\n');
  process.exitCode = 2;
};
process.once('exit', onEarlyExit);

const { main } = await import('./main.ts');
const { processIo } = await import('./process-io.ts');
process.exitCode = await main(process.argv.slice(2), processIo());
process.off('exit', onEarlyExit);
