import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'properties/**/*.test.ts'],
    // Two cores is the stated machine; a worker per core and nothing on top of it.
    maxWorkers: 2,
    // Files share their worker's modules: loaded once, compiled hot once. It is safe because no
    // module keeps state of its own, which test/tidy.test.ts enforces.
    isolate: false,
    // The first test of a kernel's C file extracts its tree, which takes minutes on a busy machine.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
