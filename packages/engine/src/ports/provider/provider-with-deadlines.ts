import { type Clock, within } from '../clock.ts'
import type { Provider } from './provider.ts'

/** A cloud answers a question within seconds. */
const ANSWER_MS = 10_000
/** The longest deed is to end an instance that has disks to unmount: a minute, on a machine under load. */
const DEED_MS = 120_000

/**
 * The same provider, but for one that hangs: a call that is not over in time has its signal aborted with
 * `DeadlineError`, so that nothing in the engine waits for ever. Whether the deed was done is then unknown, as after a
 * crash: it is asked for again.
 */
export const withDeadlines = (provider: Provider, clock: Clock): Provider => {
  const asked = <T>(signal: AbortSignal, ask: (soon: AbortSignal) => Promise<T>): Promise<T> =>
    within(clock, ANSWER_MS, signal, ask)
  const done = <T>(signal: AbortSignal, deed: (soon: AbortSignal) => Promise<T>): Promise<T> =>
    within(clock, DEED_MS, signal, deed)
  const { reclaim } = provider
  return {
    name: provider.name,
    noticeSeconds: provider.noticeSeconds,
    volumePricePerGBMonth: provider.volumePricePerGBMonth,
    offers: (signal) => asked(signal, (soon) => provider.offers(soon)),
    catalogue: (signal) => asked(signal, (soon) => provider.catalogue(soon)),
    list: (signal) => asked(signal, (soon) => provider.list(soon)),
    listVolumes: (signal) => asked(signal, (soon) => provider.listVolumes(soon)),
    health: (signal) => asked(signal, (soon) => provider.health(soon)),
    launch: (request, signal) => done(signal, (soon) => provider.launch(request, soon)),
    terminate: (id, signal) => done(signal, (soon) => provider.terminate(id, soon)),
    createVolume: (request, signal) => done(signal, (soon) => provider.createVolume(request, soon)),
    attachVolume: (id, to, signal) => done(signal, (soon) => provider.attachVolume(id, to, soon)),
    detachVolume: (id, signal) => done(signal, (soon) => provider.detachVolume(id, soon)),
    deleteVolume: (id, signal) => done(signal, (soon) => provider.deleteVolume(id, soon)),
    putSecurityGroup: (group, signal) => done(signal, (soon) => provider.putSecurityGroup(group, soon)),
    deleteSecurityGroup: (owner, signal) => done(signal, (soon) => provider.deleteSecurityGroup(owner, soon)),
    listSecurityGroups: (signal) => asked(signal, (soon) => provider.listSecurityGroups(soon)),
    ...(reclaim && {
      reclaim: (id, noticeSeconds, signal) =>
        asked(signal, (soon) => reclaim.call(provider, id, noticeSeconds, soon)),
    }),
  }
}
