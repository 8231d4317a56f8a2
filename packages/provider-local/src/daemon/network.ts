import { existsSync } from 'node:fs'
import { command } from './command.ts'

/**
 * The cloud's network. This process lives in the cloud's own network namespace; `br0` there joins the instances'
 * ports and the uplink to the host. The host's end of the uplink is `.1`, where workers dial the OpCenter and what
 * instances use as their gateway; the bridge itself is `.2` and 169.254.169.254, where metadata is served.
 */
export type Network = ReturnType<typeof makeNetwork>

/** Where the descriptor of the host's network namespace is, given to us by whoever started us. */
const HOST_NETNS = `/proc/${process.pid}/fd/3`

/** Runs a program in the network namespace of the host. */
export const inHost = (file: string, args: readonly string[], input = ''): Promise<string> =>
  command('nsenter', [`--net=${HOST_NETNS}`, '--', file, ...args], input)

export const METADATA_ADDRESS = '169.254.169.254'

/** Addresses of instances: `.10` to `.249`. */
const [FIRST, INSTANCES] = [10, 240]

/** TCP that may come from a network to some ports of an instance. */
export type Opening = { readonly from: string; readonly address: string; readonly ports: readonly number[] }

export const makeNetwork = (name: string, subnet: number) => {
  const prefix = `10.213.${subnet}`

  return {
    hostAddress: `${prefix}.1`,

    /** Makes what is missing; a network that outlived its daemon is used as it is. */
    async ensure(openings: readonly Opening[]): Promise<void> {
      const whole = (await exists(command, 'br0')) && (await exists(inHost, name))
      if (!whole) {
        await removeLinks(name)
        await ip(command, [
          'link set lo up',
          'link add br0 type bridge',
          `addr add ${prefix}.2/24 dev br0`,
          `addr add ${METADATA_ADDRESS}/32 dev br0`,
          'link set br0 up',
          `link add uplink type veth peer name ${name} netns ${HOST_NETNS}`,
          'link set uplink master br0 up',
        ])
        await ip(inHost, [`addr add ${prefix}.1/24 dev ${name}`, `link set ${name} up`])
      }
      await inHost('nft', ['-f', '-'], rules(name, prefix, openings))
      // Kernels without bridge filtering go without: instances of one person could then pose as each other.
      await command('nft', ['-f', '-'], ownAddressesOnly(prefix)).catch(() => undefined)
    },

    /** Replaces what may connect to instances; connections that are open stay so. */
    async filter(openings: readonly Opening[]): Promise<void> {
      await inHost('nft', ['-f', '-'], rules(name, prefix, openings))
    },

    /** The lowest address that none of `taken` has. */
    freeAddress(taken: ReadonlySet<string>): string | undefined {
      return Array.from({ length: INSTANCES }, (_, n) => `${prefix}.${n + FIRST}`).find(
        (each) => !taken.has(each),
      )
    },

    /** Puts `eth0` into the sandbox whose network namespace `pid` is in. Its port reaches the uplink only. */
    async plug(address: string, pid: number): Promise<void> {
      const port = portOf(address)
      await ip(command, [
        `link add ${port} type veth peer name eth0 netns ${pid}`,
        `link set ${port} master br0 up`,
        `link set ${port} type bridge_slave isolated on`,
      ])
    },

    /** What the sandbox says to its own `ip -batch`, once it is plugged in. */
    insideCommands: (address: string): string =>
      [
        'link set lo up',
        `addr add ${address}/24 dev eth0`,
        'link set eth0 up',
        `route add default via ${prefix}.1`,
        `route add ${METADATA_ADDRESS} dev eth0`,
        '',
      ].join('\n'),

    /** The port goes with its sandbox, but in the kernel's own time; a new instance may want the address now. */
    async unplug(address: string): Promise<void> {
      if (await exists(command, portOf(address)))
        await command('ip', ['link', 'del', portOf(address)]).catch(() => {})
    },

    /** Removes what is there of it. */
    async remove(): Promise<void> {
      await inHost('nft', ['-f', '-'], `table ip ${name}\ndelete table ip ${name}\n`)
      await removeLinks(name)
      if (existsSync(`/run/netns/${name}`)) await command('ip', ['netns', 'del', name])
    },
  }
}

type Run = typeof command

const portOf = (address: string): string => `port${address.split('.').at(-1)}`

const ip = (run: Run, lines: readonly string[]): Promise<string> =>
  run('ip', ['-batch', '-'], `${lines.join('\n')}\n`)

const exists = (run: Run, link: string): Promise<boolean> =>
  run('ip', ['link', 'show', 'dev', link]).then(
    () => true,
    () => false,
  )

const removeLinks = async (name: string): Promise<void> => {
  if (await exists(inHost, name)) await inHost('ip', ['link', 'del', name])
  if (await exists(command, 'br0')) await command('ip', ['link', 'del', 'br0'])
}

/** From an instance's port comes only what its own address has sent: metadata tells who asks by that address. */
const ownAddressesOnly = (prefix: string): string => {
  const owners = Array.from({ length: INSTANCES }, (_, n) => `"port${n + FIRST}" . ${prefix}.${n + FIRST}`)
  return `
table bridge addresses
delete table bridge addresses
table bridge addresses {
  set owners {
    type ifname . ipv4_addr
    elements = { ${owners.join(', ')} }
  }
  chain arriving {
    type filter hook prerouting priority -300
    iifname != "port*" accept
    ether type ip iifname . ip saddr @owners accept
    ether type arp iifname . arp saddr ip @owners accept
    drop
  }
}
`
}

/**
 * Instances reach the world as the host does, and the host at `.1`; never another cloud of this machine. They are
 * reached, by this machine too, only where there is an opening. Replaced as a whole, at once.
 */
const rules = (name: string, prefix: string, openings: readonly Opening[]): string => `
table ip ${name}
delete table ip ${name}
table ip ${name} {
  chain postrouting {
    type nat hook postrouting priority srcnat
    ip saddr ${prefix}.0/24 oifname != "${name}" masquerade
  }
  chain arriving {
    ct state established,related accept
    meta l4proto icmp accept
    ${openings.map(accept).join('\n    ')}
    drop
  }
  chain forward {
    type filter hook forward priority filter
    iifname "${name}" ip daddr 10.213.0.0/16 drop
    oifname "${name}" jump arriving
  }
  chain output {
    type filter hook output priority filter
    oifname "${name}" jump arriving
  }
  chain input {
    type filter hook input priority filter
    iifname "${name}" ip daddr 10.213.0.0/16 ip daddr != ${prefix}.1 drop
  }
}
`

const accept = ({ from, address, ports }: Opening): string =>
  `ip saddr ${from} ip daddr ${address} tcp dport { ${ports.join(', ')} } accept`
