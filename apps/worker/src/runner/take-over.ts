import { rmSync } from 'node:fs'
import { criuErrors } from '../checkpoint/criu-log.ts'
import { listCheckpoints, writeManifest } from '../checkpoint/manifest.ts'
import { removeBundle } from '../container/bundle.ts'
import { restoreMemoryLimits } from '../container/cgroup.ts'
import { containerRuns, destroyContainer, resumeContainer } from '../container/runc.ts'
import { connectNetwork } from '../network/inner-network.ts'
import { askShim, shimLives, shimResult } from '../shim/client.ts'
import { jobPlaces, places } from '../system/places.ts'
import { until } from '../system/wait.ts'
import { criuWorks, shimIsThere } from './instance-processes.ts'
import type { JobState } from './job-state.ts'
import { crashedInCapture, endedAs, isNotCured } from './program-watch.ts'

const SETTLED_WITHIN_MS = 120_000

/**
 * What became of a job that a worker before this one was starting, running, saving or restoring: it runs here, or it
 * does not, and then no process of it is left. Its shim and CRIU outlived that worker, so their end is waited for.
 */
export const takeOver = async (state: JobState): Promise<Partial<JobState>> => {
  const late = (): string => 'what the worker before this one began does not end'
  const runs = await until(settled, { withinMs: SETTLED_WITHIN_MS, late })
  return runs ? adopt(state) : settle(state)
}

const settled = async (): Promise<boolean | undefined> => {
  if (criuWorks()) return undefined
  if (!shimIsThere()) return false
  return (await shimLives()) && (await containerRuns()) ? true : undefined
}

const adopt = async (state: JobState): Promise<Partial<JobState>> => {
  await askShim('expectExit')
  await resumeContainer()
  demoteMove()
  if (state.limits) restoreMemoryLimits(state.limits)
  await connectNetwork()
  const runningSince = state.runningSince ?? Date.now()
  const said = state.phase === 'capturing' ? criuErrors(`${places.criuWork}/dump.log`) : ''
  const damaged =
    state.lastCapture && isNotCured(said) ? { lastCapture: { ...state.lastCapture, error: said } } : {}
  return {
    phase: 'running',
    brakedAt: undefined,
    runningSince,
    begun: state.begun ?? beginning(state),
    ...damaged,
  }
}

const settle = async (state: JobState): Promise<Partial<JobState>> => {
  const result = shimResult()
  await destroyContainer()
  await removeBundle()
  if (result?.outcome === 'exited') {
    const end = endedAs(result, state.limits)
    const crashed = state.phase === 'capturing' ? crashedInCapture(end) : undefined
    // Nobody is to find later that it has ended by itself.
    if (crashed) rmSync(jobPlaces.exit, { force: true })
    return crashed ?? end
  }
  const saved = listCheckpoints().at(-1)?.checkpoint.kind === 'move'
  if (saved && state.phase === 'capturing') return { phase: 'saved' }
  return {
    phase: 'failed',
    error: result?.error ?? 'The worker ended while the job was being started',
  }
}

/** A `move` whose program was thawed after all is a snapshot: the program is further than it. */
const demoteMove = (): void => {
  const newest = listCheckpoints().at(-1)
  if (newest?.checkpoint.kind !== 'move') return
  writeManifest({ ...newest, checkpoint: { ...newest.checkpoint, kind: 'snapshot' } })
}

const beginning = ({ phase, attempt }: JobState): JobState['begun'] =>
  phase === 'preparing'
    ? { key: `start:${attempt}`, result: { imageMs: 0, containerMs: 0 } }
    : {
        key: `restore:${attempt}:${listCheckpoints().at(-1)?.checkpoint.seq ?? 0}`,
        result: { restoreMs: 0 },
      }
