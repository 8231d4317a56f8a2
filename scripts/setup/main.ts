import { carryOut } from './carry-out.ts'
import { demoData } from './demo-data.ts'
import { hostPackages } from './host-packages.ts'
import { pythonImage } from './python-image.ts'
import type { Step } from './step.ts'
import { systemImage } from './system-image.ts'

const steps: readonly Step[] = [hostPackages, systemImage, pythonImage, demoData]

const missing = steps.filter((step) => !step.isDone())
for (const step of missing) await carryOut(step)
if (missing.length === 0) process.stdout.write('set-up: everything is there\n')
