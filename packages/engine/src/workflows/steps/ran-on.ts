import type { Instance, InstanceId, Job, Reason } from '@mmcloud/domain'
import type { RecordsView } from '../../ports/records/records.ts'

const CAME_TO: readonly Reason[] = ['started', 'startedOver', 'restored']

/** The instance that the program runs on, or ran on last, by the job's history; nothing before its first start. */
export const ranOn = async (
  view: Pick<RecordsView, 'events' | 'instance'>,
  { id, residence }: Job,
): Promise<Instance | undefined> => {
  if (residence.kind === 'running') return view.instance(residence.instance)
  const came = (await view.events(id)).findLast(({ reason }) => CAME_TO.includes(reason))
  return came && view.instance(came.numbers['instance'] as InstanceId)
}
