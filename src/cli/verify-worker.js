// A thread of "vmapcheck verify". It does not inherit what lets Node load TypeScript.
import { register as registerHooks } from 'node:module';
import { register as registerTypeScript } from 'tsx/esm/api';

registerTypeScript();
registerHooks('./typescript-hooks.js', import.meta.url);

const { serveBatches } = await import('./verify-serve.ts');
await serveBatches();
