import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { type FromWorker, type ToWorker, WORKER_PROTOCOL } from '@mmcloud/contract'
import { WebSocket } from 'ws'
import type { Ready } from './ingest-server.ts'
import { sampleLoad } from './load.ts'

export type Ingested = {
  /** Of one core. */
  readonly cpuPercent: number
  /** From sending a sample to hearing that it is durable, for every one that was sent. */
  readonly acknowledgedMs: readonly number[]
}

/** So long everything is under way before it is measured. */
const WARM_UP_MS = 10_000

/** Workers that each send a sample every second over links of their own, as real ones do. */
export const measureIngest = async (folder: string, jobs: number, seconds: number): Promise<Ingested> => {
  const server = fork(new URL('ingest-server.ts', import.meta.url), [folder, String(jobs)])
  const exited = once(server, 'exit')
  const hear = async <T>(): Promise<T> => ((await once(server, 'message')) as [T])[0]
  const cpuMs = async (): Promise<number> => {
    server.send('cpu')
    const { user, system } = await hear<NodeJS.CpuUsage>()
    return (user + system) / 1000
  }
  const { port, certificate, workers } = await hear<Ready>()
  const acknowledgedMs: number[] = []
  const load = sampleLoad()
  const stops = await Promise.all(
    workers.map((worker) =>
      startWorker({ port, certificate, load }, worker, (ms) => acknowledgedMs.push(ms)),
    ),
  )
  await pause(WARM_UP_MS)
  acknowledgedMs.length = 0
  const [before, startedAt] = [await cpuMs(), performance.now()]
  await pause(seconds * 1000)
  const cpuPercent = ((await cpuMs()) - before) / ((performance.now() - startedAt) / 100)
  for (const stop of stops) stop()
  server.disconnect()
  await exited
  return { cpuPercent, acknowledgedMs: [...acknowledgedMs] }
}

type Link = {
  readonly port: number
  readonly certificate: string
  readonly load: ReturnType<typeof sampleLoad>
}

/** Resolves when it has said hello; its samples begin somewhere within the next second. */
const startWorker = async (
  { port, certificate, load }: Link,
  { instance, job, credential }: Ready['workers'][number],
  acknowledged: (ms: number) => void,
): Promise<() => void> => {
  const socket = new WebSocket(`wss://127.0.0.1:${port}/worker`, { ca: certificate })
  const send = (message: FromWorker): void => socket.send(JSON.stringify(message))
  let batch = 0
  const sentAt = new Map<number, number>()
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString('utf8')) as ToWorker
    if (message.type !== 'samplesAck') return
    acknowledged(performance.now() - (sentAt.get(message.batch) ?? Number.NaN))
    sentAt.delete(message.batch)
  })
  await once(socket, 'open')
  send({ type: 'hello', protocol: WORKER_PROTOCOL, version: '0', instanceId: instance, credential })
  await pause(Math.random() * 1000)
  const timer = setInterval(() => {
    batch += 1
    sentAt.set(batch, performance.now())
    send({ type: 'samples', jobId: job, batch, samples: [load(Date.now())] })
  }, 1000)
  return () => {
    clearInterval(timer)
    socket.terminate()
  }
}
