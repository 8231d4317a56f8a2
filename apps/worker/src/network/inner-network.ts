import { existsSync, writeFileSync } from 'node:fs'
import { FLOAT_ADDRESS } from '@mmcloud/contract'
import { exec, succeeds } from '../system/exec.ts'

/** The same on every instance, so that restored sockets find their address. */
export const JOB_ADDRESS = '10.254.254.2'
const GATEWAY = '10.254.254.1'
const NETNS = 'job'
/**
 * The instance's end, which all traffic of the job passes: taking it down cuts the job off while routes and addresses
 * inside stay.
 */
export const OUTER_INTERFACE = 'job0'

export const NETNS_PATH = `/run/netns/${NETNS}`

export type Publish = { readonly hostPort: number; readonly containerPort: number }

/** Makes the job's network anew: addresses, masquerade, forwarded ports. It is cut off until `connectNetwork`. */
export const createNetwork = async (publish: readonly Publish[]): Promise<void> => {
  if (existsSync(NETNS_PATH)) await removeNetwork()
  writeFileSync('/proc/sys/net/ipv4/ip_forward', '1')
  await Promise.all([exec('ip', ['netns', 'add', NETNS]), exec('nft', [rules(publish)])])
  await exec('ip', ['-batch', '-'], OUTSIDE)
  await exec('ip', ['-n', NETNS, '-batch', '-'], INSIDE)
}

const OUTSIDE = `link add ${OUTER_INTERFACE} type veth peer name eth0 netns ${NETNS}
address add ${GATEWAY}/30 dev ${OUTER_INTERFACE}
`
const INSIDE = `address add ${JOB_ADDRESS}/30 dev eth0
link set lo up
link set eth0 up
route add default via ${GATEWAY} dev eth0 onlink
`

export const connectNetwork = (): Promise<string> => exec('ip', ['link', 'set', OUTER_INTERFACE, 'up'])
export const cutNetwork = (): Promise<string> => exec('ip', ['link', 'set', OUTER_INTERFACE, 'down'])

/** Ends TCP connections to peers outside: the program sees an error at once instead of a hang. Loopback stays. */
export const destroyOutsideConnections = async (): Promise<void> => {
  const kill = (family: string, ...except: string[]): Promise<boolean> =>
    succeeds('nsenter', [
      `--net=${NETNS_PATH}`,
      'ss',
      '-K',
      '-t',
      family,
      'state',
      'connected',
      'not',
      'dst',
      ...except,
    ])
  await Promise.all([kill('-4', '127.0.0.0/8', 'and', 'not', 'dst', JOB_ADDRESS), kill('-6', '[::1]')])
}

const removeNetwork = async (): Promise<void> => {
  await succeeds('ip', ['link', 'delete', OUTER_INTERFACE])
  await succeeds('ip', ['netns', 'delete', NETNS])
}

const rules = (publish: readonly Publish[]): string => {
  const forwarded = publish.map(
    ({ hostPort, containerPort }) =>
      `fib daddr type local tcp dport ${hostPort} dnat to ${JOB_ADDRESS}:${containerPort};`,
  )
  // What the worker serves is the worker's, whatever ports the job publishes. Replaced as a whole, whatever was there.
  return `table ip mmjob; delete table ip mmjob; table ip mmjob {
    chain prerouting { type nat hook prerouting priority dstnat; ip daddr ${FLOAT_ADDRESS.host} accept; ${forwarded.join(' ')} }
    chain output { type nat hook output priority -100; ${forwarded.join(' ')} }
    chain postrouting {
      type nat hook postrouting priority srcnat;
      ip saddr ${JOB_ADDRESS} oifname != "${OUTER_INTERFACE}" masquerade;
    }
  }`
}
