import { invalidArgument, type PortMapping } from '@mmcloud/domain'

/** `8888:8888`, or `80` for the same port on both sides. */
export const parsePublish = (text: string): PortMapping => {
  const parts = /^(\d{1,5})(?::(\d{1,5}))?$/.exec(text.trim())
  const hostPort = Number(parts?.[1])
  const containerPort = Number(parts?.[2] ?? parts?.[1])
  if (!parts || !isPort(hostPort) || !isPort(containerPort)) {
    throw invalidArgument(`--publish: "${text}" is neither HOST:CONTAINER nor a port from 1 to 65535`)
  }
  return { hostPort, containerPort }
}

export const formatPublish = (mapping: PortMapping): string => `${mapping.hostPort}:${mapping.containerPort}`

/** A published port and where it is reached now: `8888:80 -> 3.4.5.6:8888`; scripts take the fourth word of its line. */
export const formatReached = (mapping: PortMapping, host: string): string =>
  `${formatPublish(mapping)} -> ${host}:${mapping.hostPort}`

/** What `formatReached` wrote. */
export const parseReached = (line: string): { readonly containerPort: number; readonly at: HostPort } => {
  const [, containerPort, host, port] = /^\d+:(\d+) -> (.+):(\d+)$/.exec(line) ?? []
  if (!host) throw new Error(`the OpCenter tells of a port as "${line}"; this float does not read that`)
  return { containerPort: Number(containerPort), at: { host, port: Number(port) } }
}

/** A port of a job and where a gateway leads to it: `8888 -> 10.0.0.1:20000`. */
export const formatGatewayReached = (containerPort: number, host: string, port: number): string =>
  `${containerPort} -> ${host}:${port}`

/** What `formatGatewayReached` wrote. */
export const parseGatewayReached = (
  line: string,
): { readonly containerPort: number; readonly at: HostPort } => {
  const [, containerPort, host, port] = /^(\d+) -> (.+):(\d+)$/.exec(line) ?? []
  if (!host) throw new Error(`the OpCenter tells of a gateway as "${line}"; this float does not read that`)
  return { containerPort: Number(containerPort), at: { host, port: Number(port) } }
}

/** Where something is reached by TCP. */
export type HostPort = { readonly host: string; readonly port: number }

const isPort = (port: number): boolean => port >= 1 && port <= 65_535
