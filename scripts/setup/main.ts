import { benchPeer } from './bench-peer.ts'
import { carryOut } from './carry-out.ts'
import { demoData } from './demo-data.ts'
import { hostPackages } from './host-packages.ts'
import { pythonImage } from './python-image.ts'
import type { Step } from './step.ts'
import { systemImage } from './system-image.ts'

const steps: readonly Step[] = [hostPackages, systemImage, demoData, pythonImage]
/** Only asked for by `npm run test:vm`: half a gigabyte that no one else needs. */
const vmSteps = async (): Promise<readonly Step[]> => {
  const { baseImage, emulator } = await import('../vm/base-image.ts')
  const { productDisk } = await import('../vm/product-disk.ts')
  return [emulator, baseImage, productDisk()]
}

/** Asked one after the other: what a step makes decides whether the next is done. */
const bringAbout = async (wanted: readonly Step[]): Promise<number> => {
  let carriedOut = 0
  for (const step of wanted) {
    if (step.isDone()) continue
    await carryOut(step)
    carriedOut += 1
  }
  return carriedOut
}

let carriedOut = await bringAbout(steps)
if (process.argv.includes('--vm')) carriedOut += await bringAbout(await vmSteps())
if (process.argv.includes('--bench')) carriedOut += await bringAbout([benchPeer])
if (carriedOut === 0) process.stdout.write('set-up: everything is there\n')
