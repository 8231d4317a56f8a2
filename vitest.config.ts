import { defineConfig } from 'vitest/config'

/** Real sandboxes, disks and checkpoints share one machine: of these, integration tests run one file after the other. */
const serial = { fileParallelism: false, testTimeout: 180_000, hookTimeout: 120_000 }

/** How much of a core a job can have is what it is about. */
const ALONE = 'e2e/a-job-gets-its-size.e2e.test.ts'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          maxWorkers: 2,
          // Some try thousands of cases, and how fast is the machine's affair.
          testTimeout: 60_000,
          expect: { poll: { timeout: 30_000 } },
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
          // Each file has an OpCenter of its own, which is waited for half of the time.
          fileParallelism: true,
          maxWorkers: 2,
          include: ['e2e/**/*.e2e.test.ts'],
          exclude: [ALONE],
          testTimeout: 600_000,
        },
      },
      {
        test: {
          ...serial,
          name: 'e2e-alone',
          sequence: { groupOrder: 1 },
          include: [ALONE],
          testTimeout: 600_000,
        },
      },
    ],
  },
})
