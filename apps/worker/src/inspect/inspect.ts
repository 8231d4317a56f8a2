import { readFileSync, statfsSync } from 'node:fs'
import type { JobDisk, JobProcess, WorkerResult } from '@mmcloud/contract'
import { jobProcesses } from '../container/cgroup.ts'
import { isMounted, type MountedVolume } from '../volumes/volumes.ts'
import { lastNumber, readProcess } from './process-text.ts'

/** What runs in the job now, and how full its disks are. */
export const inspect = (volumes: readonly MountedVolume[]): WorkerResult<'inspectJob'> => ({
  processes: processes(),
  disks: volumes.filter(({ path }) => isMounted(path)).map(diskOf),
})

const processes = (): JobProcess[] => {
  const found = jobProcesses().map((pid) => ({ pid, texts: textsOf(pid) }))
  const inside = new Map(found.map(({ pid, texts }) => [pid, lastNumber(texts.status, 'NSpid')]))
  return found
    .flatMap(({ texts }) => readProcess(texts, (outside) => inside.get(outside)) ?? [])
    .toSorted((a, b) => a.pid - b.pid)
}

const textsOf = (pid: number) => ({
  stat: textOf(`/proc/${pid}/stat`),
  status: textOf(`/proc/${pid}/status`),
  cmdline: textOf(`/proc/${pid}/cmdline`),
})

/** A process that ended meanwhile has no text. */
const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** The job's own volume is `/` inside: what it writes there, its logs and its checkpoints. */
const diskOf = ({ path, mountPoint }: MountedVolume): JobDisk => {
  const { bsize, blocks, bfree, bavail } = statfsSync(path)
  return {
    mountPoint: mountPoint === '' ? '/' : mountPoint,
    bytes: blocks * bsize,
    usedBytes: (blocks - bfree) * bsize,
    freeBytes: bavail * bsize,
  }
}
