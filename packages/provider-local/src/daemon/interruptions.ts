import type { CloudContext } from './cloud-context.ts'
import type { Instances } from './instances.ts'

/** A dead sandbox that an earlier daemon has started is seen at this pace; our own tell at once. */
const LOOK_MS = 1000

/** The cloud's clockwork: the market's own reclaims, deadlines, and instances that died. `nudge` after a change. */
export const startInterruptions = (cloud: CloudContext, instances: () => Instances) => {
  let timer: NodeJS.Timeout | undefined
  let working = Promise.resolve()

  const act = async (): Promise<void> => {
    const now = Date.now()
    for (const { id, state, noticeAt, interruptionAt } of cloud.state.instances.values()) {
      if (state !== 'running') continue
      // Not waited for: a disk that is slow to unmount must not hold up another's deadline.
      if (interruptionAt !== undefined && interruptionAt <= now) void instances().endSoon(id, 'reclaimed')
      else if (noticeAt !== undefined && noticeAt <= now)
        await instances().reclaim(id, cloud.config.defaultNoticeSeconds)
    }
    await instances().endDead()
  }

  const nudge = (): void => {
    clearTimeout(timer)
    const times = [...cloud.state.instances.values()]
      .filter(({ state }) => state === 'running')
      .map(({ noticeAt, interruptionAt }) => interruptionAt ?? noticeAt ?? Infinity)
    const wait = Math.max(0, Math.min(LOOK_MS, Math.min(...times) - Date.now()))
    timer = setTimeout(() => {
      working = act()
        .catch((error: unknown) => cloud.log.error({ err: error }, 'looking after the instances failed'))
        .finally(() => timer && nudge())
    }, wait)
  }

  return {
    nudge,
    async stop(): Promise<void> {
      clearTimeout(timer)
      timer = undefined
      await working
      clearTimeout(timer)
    },
  }
}
