import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'properties/**/*.test.ts'],
    // Two cores is the stated machine; a worker per core and nothing on top of it.
    maxWorkers: 2,
    testTimeout: 120_000,
  },
});
