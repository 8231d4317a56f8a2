import type { ContainerSpec } from '@mmcloud/contract'
import { type CriuActions, withCriuActions } from '../checkpoint/criu-actions.ts'
import { criuIsDirect, DIRECT_IMAGES } from '../checkpoint/criu-features.ts'
import { criuErrors } from '../checkpoint/criu-log.ts'
import { checkContents, checkSizes, imagesOf } from '../checkpoint/images.ts'
import type { Manifest } from '../checkpoint/manifest.ts'
import { type BundleInput, makeBundle, ownAddress } from '../container/bundle.ts'
import { jobMemoryLimits } from '../container/memory-limits.ts'
import { containerRuns, destroyContainer, RUNC_ROOT } from '../container/runc.ts'
import { ensureImage, type ImageAccess } from '../image/ensure-image.ts'
import { orRefuse, Refusal } from '../link/refusal.ts'
import { mountStorage } from '../mounts/storage.ts'
import { connectNetwork, createNetwork, destroyOutsideConnections } from '../network/inner-network.ts'
import type { FetchSecret } from '../secrets/fetch-secret.ts'
import { shimResult, startShim } from '../shim/client.ts'
import { CONTAINER_ID, jobPlaces, places } from '../system/places.ts'
import { until } from '../system/wait.ts'
import type { MountedVolume } from '../volumes/volumes.ts'
import { criuWorks } from './instance-processes.ts'

const STARTS_WITHIN_MS = 60_000
const RESTORES_WITHIN_MS = 600_000
const ASK_MS = 15
/** It costs a look at every process. */
const LOOK_FOR_CRIU_MS = 250
/** Between the end of CRIU and the program being seen to run. */
const GONE_FOR_MS = 5000

type JobToBegin = {
  readonly jobId: string
  readonly spec: ContainerSpec
  readonly volumes: readonly MountedVolume[]
}

export type Sources = { readonly images: ImageAccess; readonly fetchSecret: FetchSecret }

/** Image, storage, limits of this instance, network (still cut off) and bundle. */
export const prepare = async (
  { images, fetchSecret }: Sources,
  { jobId, spec, volumes }: JobToBegin,
): Promise<{ imageMs: number; bundle: BundleInput }> => {
  const started = performance.now()
  let imageMs = 0
  const [image, address] = await Promise.all([
    orRefuse('image', ensureImage(images, spec.image)).finally(
      () => (imageMs = Math.round(performance.now() - started)),
    ),
    ownAddress(images.openCenterUrl),
    createNetwork(spec.publish),
  ])
  const storage = await mountStorage(spec.mounts ?? [], fetchSecret)
  const bundle = { jobId, spec, image, volumes, storage, address, limits: jobMemoryLimits() }
  await makeBundle(bundle)
  return { imageMs, bundle }
}

/** Starts the program from scratch; returns when it runs. */
export const startContainer = async (attempt: number): Promise<number> => {
  const started = performance.now()
  await connectNetwork()
  startShim({ ...shimPlaces(attempt), runcArgs: [...runcArgs('run'), CONTAINER_ID] })
  await runs(STARTS_WITHIN_MS, () => true)
  return Math.round(performance.now() - started)
}

/** Begins to verify the images of a checkpoint; throws at once when one is missing or short, the promise later when one is damaged. */
export const verifyImages = (manifest: Manifest): Promise<void> => {
  try {
    checkSizes(manifest)
  } catch (error) {
    throw new Refusal('damaged', error)
  }
  const verified = orRefuse(
    'damaged',
    criuIsDirect().then((direct) => checkContents(manifest, direct)),
  )
  // Whoever needs it hears of it; until then it must not count as unheard.
  verified.catch(() => undefined)
  return verified
}

/**
 * Restores the program; it runs only if its images, which are being verified meanwhile, are as they were written. The
 * network is connected last, just before its next instruction.
 */
export const restoreContainer = async (manifest: Manifest, verified: Promise<void>): Promise<void> => {
  let resumes = false
  const actions: CriuActions = {
    'post-restore': () => verified,
    'pre-resume': async () => {
      await destroyOutsideConnections()
      await connectNetwork()
      resumes = true
    },
  }
  const flags = ['--tcp-established', '--file-locks', '--ext-unix-sk', '--image-path', imagesOf(manifest)]
  const runcRestore = [...runcArgs('restore'), ...flags, '--work-path', places.criuWork, CONTAINER_ID]
  const work = async (): Promise<void> => {
    startShim({ ...shimPlaces(manifest.checkpoint.attempt), runcArgs: runcRestore })
    await runs(RESTORES_WITHIN_MS, () => resumes, criuIsGone()).catch(async (error: Error) => {
      // CRIU stumbles over damaged images in ways of its own; what is wrong with them says more.
      await verified
      const said = criuErrors(`${places.criuWork}/restore.log`)
      throw said ? new Error(`${error.message}\nCRIU:\n${said}`, { cause: error }) : error
    })
  }
  const direct = await criuIsDirect()
  await orRefuse('restore', withCriuActions(actions, work, direct ? [DIRECT_IMAGES] : []))
}

/** Waits until the program runs, or has already ended by itself; throws what runc said when it never ran. */
const runs = async (
  withinMs: number,
  mayRun: () => boolean,
  isGone: () => boolean = () => false,
): Promise<void> => {
  const ask = async (): Promise<true | undefined> => {
    const result = shimResult()
    if (result?.outcome === 'failed')
      throw new Error(`The container could not be started: ${result.error ?? ''}`)
    if (result || (mayRun() && (await containerRuns()))) return true
    if (isGone()) throw new Error('CRIU ended before the program ran')
    return undefined
  }
  try {
    await until(ask, { withinMs, everyMs: ASK_MS, late: () => 'The container did not start in time' })
  } catch (error) {
    await destroyContainer()
    throw error
  }
}

/**
 * Whether CRIU, which was there, has been gone for a while: it was killed, and runc would wait for it for ever. Where it was
 * never seen, only the time limit helps.
 */
const criuIsGone = (): (() => boolean) => {
  let seen = false
  let lookedAt = 0
  let goneSince: number | undefined
  return () => {
    const now = performance.now()
    if (now - lookedAt < LOOK_FOR_CRIU_MS) return false
    lookedAt = now
    const there = criuWorks()
    seen ||= there
    goneSince = seen && !there ? (goneSince ?? now) : undefined
    return goneSince !== undefined && now - goneSince > GONE_FOR_MS
  }
}

const runcArgs = (command: string): string[] => [
  ...RUNC_ROOT,
  '--log',
  places.runcLog,
  '--log-format',
  'json',
  command,
  '--bundle',
  places.bundle,
]

const shimPlaces = (
  attempt: number,
): {
  attempt: number
  runcLog: string
  logs: string
  exitFile: string
  socket: string
  resultFile: string
} => ({
  attempt,
  runcLog: places.runcLog,
  logs: jobPlaces.logs,
  exitFile: jobPlaces.exit,
  socket: places.shimSocket,
  resultFile: places.shimResult,
})
