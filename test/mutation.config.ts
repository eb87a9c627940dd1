import { defineConfig } from 'vitest/config';

/** The tests of one room, as stryker.config.mjs names them. */
const tests = (process.env['INGOT_MUTATION_TESTS'] ?? 'test/unit').split(' ');

export default defineConfig({
  test: {
    include: tests.flatMap((name) => [`${name}.test.ts`, `${name}/**/*.test.ts`]),
    setupFiles: ['test/support/property-settings.ts'],
    // Times are no measure on instrumented code.
    testNamePattern: /^(?!.*takes time in proportion)/,
    testTimeout: 60_000,
  },
});
