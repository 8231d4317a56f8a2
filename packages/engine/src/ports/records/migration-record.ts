import type {
  InstanceId,
  Market,
  MigrationTrigger,
  Offer,
  Reason,
  ReasonNumbers,
  RejectedOffer,
  WorkflowId,
} from '@mmcloud/domain'

/** An instance as it was when a job left it or came to it. */
export type Machine = {
  readonly instance: InstanceId
  readonly instanceType: string
  readonly cpu: number
  readonly memGB: number
  readonly market: Market
  readonly pricePerHour: number
}

export const machineOf = (instance: InstanceId, offer: Offer): Machine => ({
  instance,
  instanceType: offer.instanceType,
  cpu: offer.cpu,
  memGB: offer.memGB,
  market: offer.market,
  pricePerHour: offer.pricePerHour,
})

/** One float of a job with its reason, its numbers and its phases: the ledger's line. */
export type MigrationRecord = {
  readonly id: WorkflowId
  readonly trigger: MigrationTrigger
  readonly reason: Reason
  readonly numbers: ReasonNumbers
  /** The policy's key that asked; empty where none did. */
  readonly rule: string
  readonly alternatives: readonly RejectedOffer[]
  /** Where the program ran before. */
  readonly source?: Machine
  readonly target?: Machine
  readonly startedAt: number
  readonly endedAt?: number
  readonly bytes?: number
  readonly standStillMs?: number
  /** Milliseconds: `decide`, `launch`, `freeze`, `dump`, `handOver`, `restore`. */
  readonly phases: Readonly<Record<string, number>>
  /** What the move itself cost: the target until the program ran there, and the source from the freeze on. */
  readonly costUsd?: number
  readonly outcome: 'underway' | 'done' | 'undone'
  /** Why the program stayed where it was. */
  readonly undoneBecause?: string
}
