import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Examples and tests import the public name; here it means the sources, not the bundle of the last build.
  resolve: { alias: { 'tars-sdk': new URL('./sdk/index.ts', import.meta.url).pathname } },
  test: {
    include: ['**/*.test.ts'],
    exclude: ['node_modules/**', 'build/**', 'dist/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
