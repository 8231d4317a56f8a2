import { invalidArgument } from '@mmcloud/contract/user-error'

/** Where an OpCenter may answer: the ports are tried in this order. */
export type Address = { readonly host: string; readonly ports: readonly number[] }

/** The port of an OpCenter that may bind it, then the one of an OpCenter that may not. */
const HTTPS_PORT = 443
const DEFAULT_PORTS = [HTTPS_PORT, 8443]

/** `HOST[:PORT]`: an IPv4, `[IPv6]` or DNS name; a scheme in front and a slash behind are forgiven. */
export const parseAddress = (text: string): Address => {
  const bare = text
    .trim()
    .replace(/^https:\/\//i, '')
    .replace(/\/+$/, '')
  const parts = /^(\[[0-9a-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/i.exec(bare)
  const host = parts?.[1]
  const port = parts?.[2] === undefined ? undefined : Number(parts[2])
  if (host === undefined || port === 0 || (port ?? 0) > 65_535) {
    throw invalidArgument(`--address: "${text}" is not HOST or HOST:PORT`)
  }
  return { host: host.replace(/^\[|\]$/g, ''), ports: port === undefined ? DEFAULT_PORTS : [port] }
}

/** `https://HOST[:PORT]` of the port that is tried first. */
export const originOf = ({ host, ports: [port] }: Address): string =>
  `https://${host.includes(':') ? `[${host}]` : host}${port === undefined || port === HTTPS_PORT ? '' : `:${port}`}`
