import { type GatewayId, invalidArgument, isGatewayId, type PortMapping } from '@mmcloud/domain'
import type { SubmitBody } from '../rest/jobs.ts'
import { parsePublish } from './publish.ts'
import { unique } from './unique.ts'
import { asksForSomething } from './unset.ts'

/** The gateway a job asks for, and which port of it. */
export type GatewayWish = { readonly id: GatewayId | 'auto'; readonly targetPort: number }

/** `--publish`, `--gateway` and `--targetPort`, which belong together: a port that a gateway leads to is published. */
export const readPorts = ({
  publish: texts,
  gateway,
  targetPort,
}: SubmitBody): { readonly publish: readonly PortMapping[]; readonly gateway?: GatewayWish } => {
  const publish = unique((texts ?? []).map(parsePublish), (p) => p.hostPort, '--publish: port')
  if (!gateway) {
    if (asksForSomething(targetPort))
      throw invalidArgument('--targetPort names a port for a gateway: --gateway auto')
    return { publish }
  }
  if (gateway !== 'auto' && !isGatewayId(gateway))
    throw invalidArgument(
      `--gateway: "${gateway}" is neither auto nor the id of a gateway (float gateway list)`,
    )
  const port = readTargetPort(targetPort, publish)
  const wish = { id: gateway, targetPort: port } as const
  if (publish.some(({ containerPort }) => containerPort === port)) return { publish, gateway: wish }
  const taken = publish.find(({ hostPort }) => hostPort === port)
  if (taken)
    throw invalidArgument(
      `--targetPort: port ${port} of the instance leads to ${taken.containerPort} of the job already; publish ${port} on another`,
    )
  return { publish: [...publish, { hostPort: port, containerPort: port }], gateway: wish }
}

const readTargetPort = (given: SubmitBody['targetPort'], publish: readonly PortMapping[]): number => {
  if (asksForSomething(given)) {
    const port = Number(given)
    if (!/^\d{1,5}$/.test(String(given).trim()) || port < 1 || port > 65_535)
      throw invalidArgument(`--targetPort: "${given}" is not a port`)
    return port
  }
  const [only, ...others] = publish
  if (only && others.length === 0) return only.containerPort
  throw invalidArgument('--gateway: which port of the job? --targetPort PORT')
}
