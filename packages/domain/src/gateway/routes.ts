import type { Instance } from '../instance/instance.ts'
import type { Job } from '../job/job.ts'
import { mayReach } from '../job/security-group.ts'

/** What a gateway does with who comes to one of its ports. */
export type GatewayRoute = {
  readonly port: number
  /** Absent while the program is frozen, moving or not there yet: who comes then waits. */
  readonly upstream?: { readonly host: string; readonly port: number }
  /** Networks, IPv4: `10.0.0.0/8`. Nobody else gets in. */
  readonly allowFrom: readonly string[]
}

/** The routes of one job; `instance` = where its program runs now and can answer. */
export const routesOf = (
  { spec, gatewayPorts = [] }: Pick<Job, 'spec' | 'gatewayPorts'>,
  instance: Pick<Instance, 'address'> | undefined,
): readonly GatewayRoute[] =>
  gatewayPorts.map(({ port, containerPort }) => {
    const published = spec.publish.find((mapping) => mapping.containerPort === containerPort)
    const host = instance?.address
    return {
      port,
      ...(host === undefined || !published ? {} : { upstream: { host, port: published.hostPort } }),
      allowFrom: mayReach(spec),
    }
  })
