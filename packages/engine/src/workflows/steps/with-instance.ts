import type { InstanceId } from '@mmcloud/domain'
import { type StepContext, WorkflowFailure } from '../../workflow/workflow.ts'

const WATCH_MS = 500

/**
 * Does something that needs an instance, and stops waiting when the provider says it is gone: a dead worker never
 * answers. Then it throws `lost`.
 */
export const withInstance = async <T>(
  context: StepContext,
  id: InstanceId,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const done = new AbortController()
  const gone = new AbortController()
  const watch = watchInstance(context, id, gone, AbortSignal.any([context.signal, done.signal]))
  try {
    return await work(AbortSignal.any([context.signal, gone.signal]))
  } catch (error) {
    if (gone.signal.aborted) throw new WorkflowFailure('lost', `${id} is gone`, error)
    throw error
  } finally {
    done.abort()
    await watch
  }
}

const watchInstance = async (
  { deps }: StepContext,
  id: InstanceId,
  gone: AbortController,
  until: AbortSignal,
): Promise<void> => {
  while (!until.aborted) {
    try {
      const instances = await deps.provider.list(until)
      if (!until.aborted && !instances.some((instance) => instance.id === id)) return gone.abort()
      await deps.clock.sleep(WATCH_MS, until)
    } catch (error) {
      if (until.aborted) return
      // A provider that does not answer proves nothing: ask again.
      deps.log.warn({ instance: id, err: error }, 'the provider could not be asked for its instances')
      await deps.clock.sleep(WATCH_MS, until).catch(() => undefined)
    }
  }
}
