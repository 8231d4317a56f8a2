import {
  chooseOffers,
  fitsSize,
  type InstanceId,
  type Instance,
  type Job,
  needSentence,
  type Offer,
  type ResourceNeed,
  securityGroupOf,
  USABLE_MEMORY,
  usableCheckpoint,
  usedOf,
  type VmPolicy,
} from '@mmcloud/domain'
import type { InstanceType } from '../../ports/provider/provider.ts'
import { InsufficientCapacityError } from '../../ports/provider/provider-errors.ts'
import { DeadlineError, within } from '../../ports/clock.ts'
import type { EngineDeps } from '../../engine-deps.ts'
import type { RecordsView } from '../../ports/records/records.ts'
import { jobOf, moveJob } from '../../transitions.ts'
import { type StepContext, WorkflowFailure } from '../../workflow/workflow.ts'
import { sourceOf } from './capture.ts'
import { ranOn } from './ran-on.ts'
import { withInstance } from './with-instance.ts'

/** A worker that has not called by then will not: seconds suffice here, a cloud's boot takes up to two minutes. */
const JOIN_TIMEOUT_MS = 180_000
const GIB = 2 ** 30

/** The instance this workflow launches; chosen when the workflow was made, so that a repeated launch is the same launch. */
export const targetOf = (context: StepContext): InstanceId => context.params['target'] as InstanceId

/**
 * Rents the best offer that has room. The record is written before the provider is asked, so that a crash in between
 * leaves something to sweep. Throws `capacity` when nothing had room, and tells what was tried.
 */
export const launchTarget = async (
  context: StepContext,
): Promise<{ readonly instanceType: string; readonly market: string }> => {
  const { deps, signal } = context
  const { job, need } = await deps.records.read(async (view) => {
    const found = await jobOf(view, context.jobId)
    return { job: found, need: await needNow(deps, view, found) }
  })
  const offers = await deps.provider.offers(signal)
  const fitting = asPlanned(context, chooseOffers(offers, need, job.spec.vmPolicy))
  const group = securityGroupOf(job, deps.doors.address)
  if (group && fitting.length > 0) await deps.provider.putSecurityGroup(group, signal)
  const tried: string[] = []
  for (const offer of await triedBefore(context, fitting)) {
    await recordOffer(context, offer)
    try {
      const launched = await deps.provider.launch(
        {
          id: targetOf(context),
          instanceType: offer.instanceType,
          market: offer.market,
          maxPricePerHour: job.spec.vmPolicy.priceLimit ?? Number.MAX_VALUE,
          userData: deps.userData(targetOf(context)),
          owner: job.id,
        },
        signal,
      )
      await recordLaunched(
        context,
        { ...offer, pricePerHour: launched.pricePerHour },
        launched,
        fitting.length,
      )
      return { instanceType: offer.instanceType, market: offer.market }
    } catch (error) {
      if (!(error instanceof InsufficientCapacityError)) throw error
      tried.push(`${offer.instanceType} ${offer.market}`)
    }
  }
  throw new WorkflowFailure(
    'capacity',
    tried.length > 0
      ? `tried ${tried.join(', ')}`
      : nothingOffered(await deps.provider.catalogue(signal), offers, need, job.spec.vmPolicy),
  )
}

/** What a person can do about it differs: wait, pay more, or ask for less. */
const nothingOffered = (
  catalogue: readonly InstanceType[],
  offers: readonly Offer[],
  need: ResourceNeed,
  policy: VmPolicy,
): string => {
  const types = catalogue.filter((type) => fitsSize({ ...type, instanceType: type.name }, need))
  const { priceLimit: _, ...atAnyPrice } = policy
  const { cpuFeatures = [], ...onAnyProcessor } = need
  const { savedBytes = 0, ...empty } = need
  const [dear] = chooseOffers(offers, need, atAnyPrice)
  if (dear) return `the cheapest that fits, ${dear.instanceType}, costs ${dear.pricePerHour} USD/h now`
  if (types.length === 0) return `no type fits ${needSentence(need, policy)}`
  if (chooseOffers(offers, onAnyProcessor, policy).length > 0)
    return `no processor to be had now has all that the program may rely on (${cpuFeatures.join(', ')})`
  if (chooseOffers(offers, empty, policy).length > 0)
    return `nothing to be had now has room for the ${(savedBytes / GIB).toFixed(1)} GiB that the program holds`
  return `no room now on ${types.map((type) => type.name).join(', ')} (${policy.policy})`
}

/** Waits until the worker on the target has joined and reported. */
export const awaitTarget = async (context: StepContext): Promise<{ readonly ms: number }> => {
  const { deps } = context
  const id = targetOf(context)
  try {
    await within(deps.clock, JOIN_TIMEOUT_MS, context.signal, (signal) =>
      withInstance({ ...context, signal }, id, (alive) => deps.fleet.connected(id, alive)),
    )
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error
    throw new WorkflowFailure('launch', `its worker did not call within ${JOIN_TIMEOUT_MS / 1000} s`, error)
  }
  return deps.records.write(async (tx) => {
    const at = deps.clock.now()
    const instance = await instanceOf(tx, id)
    const job = await jobOf(tx, context.jobId)
    const ms = at - instance.requestedAt
    if (instance.state === 'launching') {
      await tx.updateInstance({ ...instance, state: 'ready', readyAt: at, version: instance.version + 1 })
      const status = job.status === 'Initializing' ? 'Starting' : job.status
      await moveJob(
        tx,
        job,
        status,
        'instanceReady',
        { ...offerNumbers(instance.offer), instance: id, ms },
        at,
      )
    }
    return { ms }
  })
}

/**
 * Waits for the target while the worker at the source, by its own reckoning, can still save the program in time. A
 * target that fails meanwhile is told of after the save: nothing may hold that up.
 */
export const awaitTargetInTime = async (context: StepContext): Promise<unknown> => {
  const { deps, signal } = context
  const report = deps.fleet.report(sourceOf(context))
  // Both on the clock of the instance, which need not be ours.
  const patienceMs = report?.saveBy === undefined ? 0 : report.saveBy - report.at
  if (patienceMs <= 0 || report?.job?.phase !== 'running') return null
  try {
    return await within(deps.clock, patienceMs, signal, (inTime) =>
      awaitTarget({ ...context, signal: inTime }),
    )
  } catch (error) {
    if (signal.aborted) throw error
    deps.log.warn({ job: context.jobId, err: error }, 'no target in time; the job is saved first')
    return null
  }
}

/** What the next instance of a job must have, with what its program holds. */
export const needNow = async (deps: EngineDeps, view: RecordsView, job: Job): Promise<ResourceNeed> => ({
  ...needOf(job),
  ...(await needOfProgram(deps, view, job)),
})

/** What was asked for; a person's wish to move stands over the submitted bounds. */
export const needOf = (job: Job): ResourceNeed => {
  const { moveTo, spec } = job
  const instanceType = moveTo ? moveTo.instanceType : spec.instanceType
  return {
    cpu: moveTo?.cpu ?? spec.cpu,
    memGB: moveTo?.memGB ?? spec.memGB,
    ...(instanceType === undefined ? {} : { instanceType }),
    ...(spec.types ? { types: spec.types } : {}),
  }
}

/**
 * What a program that goes on needs beside its size: the processor features it may rely on, and room for what it holds, but
 * not more than it had: what lay in swap there may lie in swap again.
 */
const needOfProgram = async (
  deps: EngineDeps,
  view: RecordsView,
  job: Job,
): Promise<Pick<ResourceNeed, 'savedBytes' | 'cpuFeatures'>> => {
  const held = await heldBytes(deps, view, job)
  if (held === undefined && job.residence.kind !== 'running') return {}
  const home = (await ranOn(view, job))?.offer
  const had = home ? home.memGB * GIB * USABLE_MEMORY : Infinity
  return {
    ...(held === undefined ? {} : { savedBytes: Math.min(held, had) }),
    ...(home ? { cpuFeatures: home.cpuFeatures } : {}),
  }
}

/** A program that runs holds what it uses now, whatever it held when it was saved last. */
const heldBytes = async (deps: EngineDeps, view: RecordsView, job: Job): Promise<number | undefined> => {
  if (job.residence.kind !== 'running')
    return usableCheckpoint(await view.checkpoints(job.id), job.attempt)?.bytes
  const newest = deps.usage.recent(job.id, job.residence.instance).at(-1)
  return newest && usedOf(newest)
}

/** A move that was planned goes where it was planned, in that order: other offers that fit were considered and not taken. */
const asPlanned = ({ params }: StepContext, offers: readonly Offer[]): readonly Offer[] => {
  const planned = (params['offers'] ?? undefined) as
    | readonly Pick<Offer, 'instanceType' | 'market'>[]
    | undefined
  if (!planned) return offers
  return planned.flatMap((plan) =>
    offers.filter(({ instanceType, market }) => instanceType === plan.instanceType && market === plan.market),
  )
}

export const instanceOf = async (
  view: { instance(id: InstanceId): Promise<Instance | undefined> },
  id: InstanceId,
): Promise<Instance> => {
  const instance = await view.instance(id)
  if (!instance) throw new Error(`instance ${id} has no record`)
  return instance
}

export const offerNumbers = (offer: Offer): { type: string; market: string; pricePerHour: number } => ({
  type: offer.instanceType,
  market: offer.market === 'spot' ? 'Spot' : 'OnDemand',
  pricePerHour: offer.pricePerHour,
})

/** After a crash the offer already asked for comes first: the provider answers the same id with the same instance. */
const triedBefore = async (context: StepContext, offers: readonly Offer[]): Promise<readonly Offer[]> => {
  const instance = await context.deps.records.read((view) => view.instance(targetOf(context)))
  return instance ? [instance.offer, ...offers] : offers
}

const recordOffer = (context: StepContext, offer: Offer): Promise<void> =>
  context.deps.records.write(async (tx) => {
    const existing = await tx.instance(targetOf(context))
    if (existing) return tx.updateInstance({ ...existing, offer, version: existing.version + 1 })
    return tx.insertInstance({
      id: targetOf(context),
      jobId: context.jobId,
      offer,
      state: 'requested',
      requestedAt: context.deps.clock.now(),
      version: 1,
    })
  })

const recordLaunched = (
  context: StepContext,
  offer: Offer,
  launched: { readonly cloudId: string; readonly address: string },
  candidates: number,
): Promise<void> =>
  context.deps.records.write(async (tx) => {
    const at = context.deps.clock.now()
    const instance = await instanceOf(tx, targetOf(context))
    if (instance.state !== 'requested') return
    await tx.updateInstance({
      ...instance,
      offer,
      state: 'launching',
      cloudId: launched.cloudId,
      address: launched.address,
      version: instance.version + 1,
    })
    const job = await jobOf(tx, context.jobId)
    const status = job.status === 'Submitted' ? 'Initializing' : job.status
    await moveJob(
      tx,
      job,
      status,
      'offerChosen',
      { ...offerNumbers(offer), instance: instance.id, candidates },
      at,
    )
  })
