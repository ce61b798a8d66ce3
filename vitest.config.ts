import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'properties/**/*.test.ts'],
    // Two cores is the stated machine; a worker per core and nothing on top of it.
    maxWorkers: 2,
    // Files share their worker's modules: loaded once, compiled hot once. It is safe because no
    // module keeps state of its own, which test/tidy.test.ts enforces.
    isolate: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
