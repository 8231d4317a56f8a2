import { basename } from 'node:path'
import { benchPeer } from './bench-peer.ts'
import { carryOut } from './carry-out.ts'
import { clientImageLinks, clientImages } from './client-image.ts'
import { demoData } from './demo-data.ts'
import { goClientLinks, goEngine, goPrograms, serversShelf } from './go-programs.ts'
import { hostPackages } from './host-packages.ts'
import { clientsShelf, flyteClient, pythonClients } from './python-clients.ts'
import { imagesDir, systemDir } from './places.ts'
import { cloudRuns, isRootOfAProcess, linkedShelf, prune, type Shelf } from './prune.ts'
import { pythonImage } from './python-image.ts'
import type { Step } from './step.ts'
import { systemImage } from './system-image.ts'

const steps: readonly Step[] = [hostPackages, systemImage, demoData, pythonImage]

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

const sweep = (shelves: readonly Shelf[]): void => {
  const removed = prune(shelves)
  if (removed.length > 0)
    process.stdout.write(`set-up: removed what is no longer used: ${removed.join(', ')}\n`)
}

/** Only asked for by `npm run test:vm`: half a gigabyte that no one else needs. */
const bringAboutVm = async (): Promise<number> => {
  const { baseImage, emulator } = await import('../vm/base-image.ts')
  const { currentProduct, productDisk } = await import('../vm/product-disk.ts')
  const { vmDir } = await import('../vm/places.ts')
  const product = productDisk()
  const carriedOut = await bringAbout([emulator, baseImage, product])
  const keep = [emulator.root, baseImage.dir, product.dir, currentProduct].map((path) => basename(path))
  if (!isRootOfAProcess(vmDir)) sweep([{ folder: vmDir, keep }])
  return carriedOut
}

let carriedOut = await bringAbout(steps)
if (!cloudRuns()) sweep([linkedShelf(systemDir, 'current'), linkedShelf(imagesDir, 'python')])
if (process.argv.includes('--vm')) carriedOut += await bringAboutVm()
if (process.argv.includes('--clients')) {
  carriedOut += await bringAbout([...pythonClients, ...clientImages, ...goPrograms])
  sweep([clientsShelf([...clientImageLinks, ...goClientLinks]), serversShelf()])
}
if (process.argv.includes('--bench')) carriedOut += await bringAbout([benchPeer, flyteClient, goEngine])
if (carriedOut === 0) process.stdout.write('set-up: everything is there\n')
