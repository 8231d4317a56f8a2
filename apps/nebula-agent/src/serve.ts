import { createServer as createHttpServer, type Server as HttpServer } from 'node:http'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { logVerbosity, Server, ServerCredentials, setLogVerbosity } from '@grpc/grpc-js'
import { Agent } from './agent.ts'
import { AgentMetrics } from './agent-metrics.ts'
import { cannotListen } from './cannot-listen.ts'
import { type Log, metadataCalls, syncCalls, taskCalls } from './calls.ts'
import {
  AgentMetadataServiceService,
  AsyncAgentServiceService,
  SyncAgentServiceService,
} from './generated/flyteidl/service/agent.ts'
import { HealthService } from './generated/grpc/health/v1/health.ts'
import { ServerReflectionService } from './generated/grpc/reflection/v1/reflection.ts'
import { ServerReflectionService as OlderReflectionService } from './generated/grpc/reflection/v1alpha/reflection.ts'
import { Health } from './health.ts'
import type { OpenCenter } from './open-center.ts'
import { reflectionCalls } from './reflection.ts'
import type { ReadFlags } from './task-to-job.ts'

export type AgentOptions = {
  /** `0` = any free one. */
  readonly port: number
  readonly prometheusPort: number
  /** Address to listen on: every one by default, as a pod's has to. */
  readonly host: string
  /** Before the names of what is counted. */
  readonly metricPrefix: string
  /** For engines from 1.16 on: failures that were not the task's own are said to be worth another try. */
  readonly retryable: boolean
  /** `https://HOST[:PORT]` of the OpCenter as those who follow the links reach it; else as the agent does. */
  readonly linkOrigin?: string
  readonly readFlags: ReadFlags
  readonly log: Log
  readonly now: () => number
}

export type RunningAgent = {
  readonly port: number
  readonly prometheusPort: number
  /** Takes no new calls, lets those under way finish, for so long at most. */
  drain(withinMs: number): Promise<void>
}

/** The OpCenter is asked so often whether it is there. */
const LOOK_EVERY_MS = 5000
/** Away for longer than a restart takes: another replica may reach it. */
const AWAY_MS = 60_000
/** An engine keeps its connection: made anew at times, several replicas share what it asks. */
const CONNECTION_AGE_MS = 5 * 60_000
const CONNECTION_GRACE_MS = 60_000
const TASK_SERVICES = [
  'flyteidl.service.AsyncAgentService',
  'flyteidl.service.AgentMetadataService',
  'flyteidl.service.SyncAgentService',
]
const SERVICES = [...TASK_SERVICES, 'grpc.health.v1.Health']

/** Serves the engine by gRPC, and Prometheus by HTTP. Rejects when a port is taken. */
export const serveAgent = async (center: OpenCenter, options: AgentOptions): Promise<RunningAgent> => {
  const { host, log, now } = options
  const metrics = new AgentMetrics(options.metricPrefix)
  const agent = new Agent(center, { ...options, log: (job, error) => log('get', error, job) })
  const health = new Health(SERVICES)
  // What fails is thrown, and told once.
  setLogVerbosity(logVerbosity.NONE)
  const server = new Server({
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_connection_age_ms': CONNECTION_AGE_MS,
    'grpc.max_connection_age_grace_ms': CONNECTION_GRACE_MS,
  })
  server.addService(AsyncAgentServiceService, taskCalls(agent, { metrics, log, now }))
  server.addService(AgentMetadataServiceService, metadataCalls)
  server.addService(SyncAgentServiceService, syncCalls)
  server.addService(HealthService, health.calls)
  const reflection = reflectionCalls(SERVICES)
  server.addService(ServerReflectionService, reflection.calls)
  server.addService(OlderReflectionService, reflection.calls)

  const http = await servePrometheus(metrics, host, options.prometheusPort)
  const bind = promisify(server.bindAsync.bind(server))
  const at = `${host.includes(':') ? `[${host}]` : host}:${options.port}`
  const port = await bind(at, ServerCredentials.createInsecure()).catch((error: unknown) => {
    http.close()
    throw cannotListen('--port', at, error)
  })
  const stopLooking = watch(center, options, health)
  return {
    port,
    prometheusPort: portOf(http),
    drain: async (withinMs) => {
      stopLooking()
      health.serving = false
      health.close()
      reflection.close()
      const forced = setTimeout(() => server.forceShutdown(), withinMs)
      await promisify(server.tryShutdown.bind(server))()
      clearTimeout(forced)
      http.close()
      http.closeAllConnections()
    },
  }
}

/** Inputs of a task may be large. */
const MAX_MESSAGE_BYTES = 64 * 2 ** 20

const servePrometheus = async (metrics: AgentMetrics, host: string, port: number): Promise<HttpServer> => {
  const http = createHttpServer((request, response) => {
    if (request.url?.split('?')[0] !== '/metrics') return void response.writeHead(404).end()
    metrics.registry.metrics().then(
      (text) => response.setHeader('content-type', metrics.registry.contentType).end(text),
      () => response.writeHead(500).end(),
    )
  })
  http.listen(port, host)
  await once(http, 'listening').catch((error: unknown) => {
    throw cannotListen('--prometheus-port', `${host}:${port}`, error)
  })
  return http
}

const portOf = (http: HttpServer): number => {
  const address = http.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** NOT_SERVING when nobody has answered yet, or for a while; SERVING when somebody does. */
const watch = (
  center: OpenCenter,
  { now, log }: Pick<AgentOptions, 'now' | 'log'>,
  health: Health,
): (() => void) => {
  let answeredAt: number | undefined
  const look = async (): Promise<void> => {
    try {
      // As whom the agent is, so that a wrong password shows too.
      await center.call('session', {}, AbortSignal.timeout(LOOK_EVERY_MS))
      answeredAt = now()
      health.serving = true
    } catch (error) {
      if (answeredAt !== undefined && now() - answeredAt < AWAY_MS) return
      if (health.serving) log('health', error)
      health.serving = false
    }
  }
  // A setting that is wrong is told at once.
  void look()
  const timer = setInterval(() => void look(), LOOK_EVERY_MS)
  return () => clearInterval(timer)
}
