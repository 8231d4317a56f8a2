import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type FromWorker, fromWorkerSchema, type ToWorker, WORKER_PROTOCOL } from '@mmcloud/contract'
import type { InstanceId, JobId, Sample } from '@mmcloud/domain'
import type { Log, Records } from '@mmcloud/engine'
import { type WebSocket, WebSocketServer } from 'ws'
import type { WorkerFleet } from './worker-fleet.ts'
import type { WorkerTokens } from './worker-tokens.ts'

/** Log chunks are 256 KiB in base64; a report of a job with many checkpoints is a few KiB. */
const MAX_MESSAGE_BYTES = 1024 * 1024
/** A worker that has not said hello by then is cut off. */
const HELLO_TIMEOUT_MS = 10_000
/** Workers report every second and ping every five: a link that is silent for so long is dead. */
const SILENT_MS = 15_000

/** The OpCenter's copy of a job's logs, as the link needs it. */
export type LogSink = {
  append(jobId: JobId, file: string, offset: number, bytes: Buffer, truncate: boolean): Promise<number>
  sizes(jobId: JobId): Promise<Record<string, number>>
}

/** Where samples go, as the link needs it. */
export type SampleSink = {
  /** Resolves when they are durable. */
  take(job: JobId, instance: InstanceId, upSince: number, samples: readonly Sample[]): Promise<void>
}

export type WorkerLinkDeps = {
  readonly fleet: WorkerFleet
  readonly tokens: WorkerTokens
  readonly records: Records
  readonly logs: LogSink
  readonly samples: SampleSink
  readonly log: Log
  /** After how many milliseconds without a word a link counts as dead. */
  readonly silentMs?: number
}

/**
 * Serves workers on `/worker` of one or more HTTPS servers. A worker proves itself with its join token once, then with
 * its own credential; anybody else is cut off without a word. Messages of one worker are handled in order.
 */
export const attachWorkerLink = (deps: WorkerLinkDeps, ...servers: readonly Server[]): { close(): void } => {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES })
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (request.url !== '/worker') return void socket.destroy()
    sockets.handleUpgrade(request, socket, head, (webSocket) => serveWorker(deps, webSocket))
  }
  for (const server of servers) server.on('upgrade', upgrade)
  return {
    close: () => {
      for (const server of servers) server.off('upgrade', upgrade)
      for (const socket of sockets.clients) socket.terminate()
    },
  }
}

const serveWorker = (deps: WorkerLinkDeps, socket: WebSocket): void => {
  const connection = {
    send: (message: ToWorker) => socket.send(JSON.stringify(message)),
    close: (reason: string) => socket.close(1000, reason),
  }
  let worker: Admitted | undefined
  const handle = async (message: FromWorker): Promise<void> => {
    if (message.type === 'hello') {
      const admitted = await admit(deps, message)
      if (!admitted) return socket.terminate()
      // It may have gone while we looked: whoever is attached now would never be detached.
      if (socket.readyState !== socket.OPEN) return
      worker = admitted
      clearTimeout(helloTimer)
      deps.fleet.attach(worker.instance, connection)
      const credential = message.joinToken === undefined ? undefined : deps.tokens.credential(worker.instance)
      connection.send({
        type: 'welcome',
        logs: await deps.logs.sizes(worker.jobId),
        ...(credential ? { credential } : {}),
      })
      return
    }
    if (!worker) return socket.terminate()
    if (message.type === 'report') deps.fleet.heard(worker.instance, message)
    else if (message.type === 'response') deps.fleet.answered(message.requestId, message)
    else if (message.jobId !== worker.jobId) return
    else if (message.type === 'samples') keepSamples(worker, message)
    else {
      const bytes = Buffer.from(message.data, 'base64')
      const size = await deps.logs.append(
        worker.jobId,
        message.file,
        message.offset,
        bytes,
        message.truncate ?? false,
      )
      connection.send({ type: 'logAck', file: message.file, size })
    }
  }
  /** Acknowledged when they are durable; what comes after them does not wait for that. */
  const keepSamples = (from: Admitted, { batch, samples }: SamplesMessage): void => {
    deps.samples.take(from.jobId, from.instance, from.upSince, samples.map(asSample)).then(
      () => {
        if (socket.readyState === socket.OPEN) connection.send({ type: 'samplesAck', batch })
      },
      (error: unknown) =>
        deps.log.warn(
          { instance: from.instance, err: error },
          'samples were not kept; the worker keeps them',
        ),
    )
  }
  const helloTimer = setTimeout(() => socket.terminate(), HELLO_TIMEOUT_MS)
  const silence = setTimeout(() => socket.terminate(), deps.silentMs ?? SILENT_MS)
  let inOrder = Promise.resolve()
  socket.on('ping', () => silence.refresh())
  socket.on('message', (data: Buffer) => {
    silence.refresh()
    inOrder = inOrder.then(async () => {
      // What has not been handled when a link ends is said again on the next one, where more may have been handled since.
      if (socket.readyState !== socket.OPEN) return
      try {
        await handle(fromWorkerSchema.parse(JSON.parse(data.toString('utf8'))))
      } catch (error) {
        deps.log.warn(
          { instance: worker?.instance, err: error },
          'a message of a worker could not be handled; its link is closed',
        )
        socket.terminate()
      }
    })
  })
  socket.on('error', (error) =>
    deps.log.warn({ instance: worker?.instance, err: error }, 'the link to a worker broke'),
  )
  socket.on('close', () => {
    clearTimeout(helloTimer)
    clearTimeout(silence)
    if (worker) deps.fleet.detach(worker.instance, connection)
  })
}

/** A worker that has proved whose it is. */
type Admitted = { readonly instance: InstanceId; readonly jobId: JobId; readonly upSince: number }
type SamplesMessage = Extract<FromWorker, { type: 'samples' }>

/** exactOptionalPropertyTypes: zod writes an absent key as undefined. */
const asSample = ({ memStallPercent, ...sample }: SamplesMessage['samples'][number]): Sample =>
  memStallPercent === undefined ? sample : { ...sample, memStallPercent }

/** The instance whose worker this is, or nothing when it cannot prove it. */
const admit = async (
  { records, tokens, log }: WorkerLinkDeps,
  hello: Extract<FromWorker, { type: 'hello' }>,
): Promise<Admitted | undefined> => {
  const id = hello.instanceId as InstanceId
  const instance = await records.read((view) => view.instance(id))
  if (hello.protocol !== WORKER_PROTOCOL || !instance || instance.state === 'gone') {
    log.warn(
      { instance: id, protocol: hello.protocol },
      'a worker of no living instance, or of another protocol, was turned away',
    )
    return undefined
  }
  if (hello.credential !== undefined && tokens.isCredential(id, hello.credential)) {
    if (instance.joinedAt === undefined) await spendJoinToken(records, id)
    return { instance: id, jobId: instance.jobId, upSince: instance.requestedAt }
  }
  if (
    hello.joinToken !== undefined &&
    instance.joinedAt === undefined &&
    tokens.isJoinToken(id, hello.joinToken)
  ) {
    return { instance: id, jobId: instance.jobId, upSince: instance.requestedAt }
  }
  log.warn({ instance: id }, 'a worker with a wrong or spent token was turned away')
  return undefined
}

/** From the first use of its credential on, the join token of that instance is worth nothing. */
const spendJoinToken = (records: Records, id: InstanceId): Promise<void> =>
  records.write(async (tx) => {
    const instance = await tx.instance(id)
    if (instance && instance.joinedAt === undefined) {
      await tx.updateInstance({ ...instance, joinedAt: Date.now(), version: instance.version + 1 })
    }
  })
