import { expect } from 'vitest'

/** Counts to STEPS in memory alone, ten a second. */
export const COUNTER = `#!/usr/bin/env python3
import os, time
for step in range(1, int(os.environ["STEPS"]) + 1):
    print(f"step {step}", flush=True)
    time.sleep(0.1)
`

/** The counter never noticed anything: no step is missing, none is there twice, no line is torn. */
export const everyStepOnce = (log: string, steps: number): void => {
  expect(log).toBe(Array.from({ length: steps }, (_, index) => `step ${index + 1}\n`).join(''))
}
