import { defineConfig } from 'vitest/config'

/** Real sandboxes, disks and checkpoints share one machine: these run one file after the other. */
const serial = { fileParallelism: false, testTimeout: 180_000, hookTimeout: 120_000 }

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{apps,packages}/*/src/**/*.test.ts', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'],
        },
      },
      {
        test: {
          ...serial,
          name: 'integration',
          include: ['{apps,packages}/*/test/**/*.integration.test.ts'],
        },
      },
      {
        test: {
          ...serial,
          name: 'e2e',
          include: ['e2e/**/*.e2e.test.ts'],
          testTimeout: 600_000,
        },
      },
    ],
  },
})
