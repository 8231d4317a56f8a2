import { invalidArgument } from '@mmcloud/domain'

/** `10.0.0.0/8`, or `1.2.3.4` for that address alone. What lies behind the network's bits is cut off. */
export const parseAllowFrom = (text: string): string => {
  const [, address = '', length = '32'] =
    /^(\d{1,3}(?:\.\d{1,3}){3})(?:\/(\d{1,2}))?$/.exec(text.trim()) ?? []
  const parts = address.split('.').map(Number)
  const bits = Number(length)
  if (address === '' || parts.some((part) => part > 255) || bits > 32)
    throw invalidArgument(`--allowFrom: "${text}" is not an IPv4 network like 10.0.0.0/8 or an address`)
  const network = parts.map((part, index) => part & maskOf(bits - 8 * index))
  return `${network.join('.')}/${bits}`
}

/** Of one of the four parts, which has that many bits of the network or more. */
const maskOf = (bits: number): number => (bits >= 8 ? 255 : bits <= 0 ? 0 : (255 << (8 - bits)) & 255)
