#!/usr/bin/env node
// Node 20 cannot load TypeScript by itself; from here on every import may be a .ts file.
import { register as registerHooks } from 'node:module';
import { register as registerTypeScript } from 'tsx/esm/api';

registerTypeScript();
registerHooks('./typescript-hooks.js', import.meta.url);
await import('./main.ts');
