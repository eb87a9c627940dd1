import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // A forgotten `.only`, or a filter that matches nothing, must not look like success.
    allowOnly: false,
    passWithNoTests: false,
    teardownTimeout: 60_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'html', 'json-summary'],
      reportsDirectory: 'coverage',
    },
    projects: [
      {
        // Everything that needs no foreign program.
        test: {
          name: 'local',
          include: ['test/**/*.test.ts'],
          exclude: ['test/peers/**'],
          setupFiles: ['test/support/property-settings.ts'],
          pool: 'forks',
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        // Engines, registries and archivers: slow, and one engine at a time is enough for a machine.
        test: {
          name: 'peers',
          include: ['test/peers/**/*.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
