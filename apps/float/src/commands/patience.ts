import { type Client, UnreachableError } from '@mmcloud/client'
import type { EventView } from '@mmcloud/contract'
import type { World } from '../world.ts'

/** Between two short requests while something is waited for. */
export const POLL_MS = 500
/** An OpCenter restarts in seconds; a caller inside a job may stand still for minutes while it is moved itself. */
const PATIENCE_MS = 600_000

/** Asks again while nobody answers: the OpCenter may be restarting, or we were just moved to another instance. */
export const patiently = async <T>(world: World, ask: () => Promise<T>): Promise<T> => {
  const giveUpAt = world.now() + PATIENCE_MS
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof UnreachableError) || world.now() > giveUpAt) throw error
      await world.sleep(POLL_MS)
    }
  }
}

/** The highest event number so far: what comes after it is news. */
export const lastEvent = async (client: Client, id: string): Promise<number> => {
  const { events } = await client.call('events', { params: { id } })
  return events.at(-1)?.seq ?? 0
}

/** Every new event in order, for ever: the caller stops. */
export async function* newEvents(
  world: World,
  client: Client,
  id: string,
  after: number,
): AsyncGenerator<EventView, never> {
  let seen = after
  for (;;) {
    const query = { after: seen }
    const { events } = await patiently(world, () => client.call('events', { params: { id }, query }))
    for (const event of events) {
      seen = event.seq
      yield event
    }
    await world.sleep(POLL_MS)
  }
}
