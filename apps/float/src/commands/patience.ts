import { type Client, UnreachableError } from '@mmcloud/client'
import type { EventView, JobView } from '@mmcloud/contract'
import type { Reason } from '@mmcloud/domain'
import type { Context } from '../command.ts'
import { patiently, POLL_MS } from '../session/patiently.ts'
import type { World } from '../world.ts'

/** A wish whose answer is lost so often is given up. */
const MOST_TRIES = 20
/** The highest event number so far: what comes after it is news. */
export const lastEvent = async (client: Client, id: string): Promise<number> => {
  const { events } = await client.call('events', { params: { id } })
  return events.at(-1)?.seq ?? 0
}

/**
 * Asks for what must not happen twice. When the answer is lost, since the job we are inside was taken away with it, the
 * history tells whether the wish arrived; only if it did not it is asked for again. `ask` gets the last event known at
 * the first time.
 */
export const askOnce = async (
  { world, connect }: Context,
  id: string,
  reason: Reason,
  ask: (client: Client, after: number) => Promise<JobView>,
): Promise<{ readonly job: JobView; readonly after: number }> => {
  const { client } = await connect()
  const after = await lastEvent(client, id)
  for (let tries = 1; ; tries += 1) {
    try {
      return { job: await ask(client, after), after }
    } catch (error) {
      if (!(error instanceof UnreachableError) || tries === MOST_TRIES) throw error
    }
    await world.sleep(POLL_MS)
    const query = { after }
    const { events } = await patiently(world, () => client.call('events', { params: { id }, query }))
    if (events.some((event) => event.reason === reason)) {
      return { job: await patiently(world, () => client.call('job', { params: { id } })), after }
    }
  }
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
