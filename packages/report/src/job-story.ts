import type { Client } from '@mmcloud/client'
import type { EventView, JobCost, JobInstance, JobView, Migration, Usage } from '@mmcloud/contract'

/** All that is known of one job: what `top` shows of now and `report` of the whole of it. */
export type JobStory = {
  readonly job: JobView
  /** Oldest first, as are moves and events. */
  readonly instances: readonly JobInstance[]
  readonly migrations: readonly Migration[]
  readonly events: readonly EventView[]
  readonly cost: JobCost
  readonly usage: Usage
  /** When it was asked (epoch ms); what runs is told up to then. */
  readonly now: number
}

/** Everything but the samples. */
export type JobFacts = Omit<JobStory, 'usage'>

export const fetchFacts = async (
  client: Client,
  id: string,
  now: number,
  signal?: AbortSignal,
): Promise<JobFacts> => {
  const of = { params: { id } }
  const [job, { instances }, { migrations }, { events }, cost] = await Promise.all([
    client.call('job', of, signal),
    client.call('instances', of, signal),
    client.call('migrations', of, signal),
    client.call('events', of, signal),
    client.call('jobCost', of, signal),
  ])
  return { job, instances, migrations, events, cost, now }
}

/** With samples from `from` on (epoch ms), or of the whole of its life. */
export const fetchStory = async (
  client: Client,
  id: string,
  now: number,
  from?: number,
): Promise<JobStory> => {
  const query = from === undefined ? {} : { from: new Date(from).toISOString() }
  const [facts, usage] = await Promise.all([
    fetchFacts(client, id, now),
    client.call('samples', { params: { id }, query }),
  ])
  return { ...facts, usage }
}
