import type { CloudContext } from './cloud-context.ts'
import type { CloudState, GroupRecord } from './cloud-state.ts'
import type { Opening } from './network.ts'

/** Who may connect to which instance: kept with the cloud's state, held to by the host's packet filter. */
export const makeSecurityGroups = (cloud: CloudContext) => ({
  async put(group: GroupRecord): Promise<void> {
    cloud.state.securityGroups.set(group.owner, group)
    await cloud.state.save()
    await filter(cloud)
  },

  async delete(owner: string): Promise<void> {
    if (!cloud.state.securityGroups.delete(owner)) return
    await cloud.state.save()
    await filter(cloud)
  },

  list: (): string[] => [...cloud.state.securityGroups.keys()],
})

/** Makes the packet filter what the state says now; one after another, so that the newest is the last. */
export const filter = (cloud: CloudContext): Promise<void> =>
  cloud.lock('packet filter', () => cloud.network.filter(openingsOf(cloud.state)))

/** What the groups open, instance by instance. */
export const openingsOf = ({ instances, securityGroups }: CloudState): Opening[] =>
  [...instances.values()].flatMap(({ owner, address }) => {
    const group = securityGroups.get(owner)
    return group === undefined || group.ports.length === 0
      ? []
      : group.from.map((from) => ({ from, address, ports: group.ports }))
  })
