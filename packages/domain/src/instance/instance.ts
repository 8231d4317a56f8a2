import type { InstanceId, JobId } from '../ids.ts'

export type Market = 'spot' | 'onDemand'

/** A machine we could rent now. */
export type Offer = {
  readonly provider: string
  readonly instanceType: string
  readonly cpu: number
  readonly memGB: number
  readonly market: Market
  readonly pricePerHour: number
  /** Named features a restored program may rely on (`avx512f`, …). */
  readonly cpuFeatures: readonly string[]
}

export const INSTANCE_STATES = ['requested', 'launching', 'ready', 'draining', 'gone'] as const
export type InstanceState = (typeof INSTANCE_STATES)[number]

/** The only place that knows what may follow what. */
export const INSTANCE_NEXT = {
  requested: ['launching', 'gone'],
  launching: ['ready', 'draining', 'gone'],
  ready: ['draining', 'gone'],
  draining: ['gone'],
  gone: [],
} as const satisfies Record<InstanceState, readonly InstanceState[]>

/** A machine we rent. The record is written before the cloud is asked, so that a crash leaves something to sweep. */
export type Instance = {
  readonly id: InstanceId
  readonly jobId: JobId
  readonly offer: Offer
  readonly state: InstanceState
  /** The cloud's own name for it, known from `launching` on. */
  readonly cloudId?: string
  readonly address?: string
  /** The worker has used its own credential: its join token is spent. */
  readonly joinedAt?: number
  /** The cloud's notice: this instance is taken at that instant (epoch ms). */
  readonly interruptionAt?: number
  readonly requestedAt: number
  readonly readyAt?: number
  readonly goneAt?: number
  readonly version: number
}
