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

const isPort = (port: number): boolean => port >= 1 && port <= 65_535
