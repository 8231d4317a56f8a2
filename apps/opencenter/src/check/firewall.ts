import type { HealthRow } from '@mmcloud/domain'
import { z } from 'zod'
import type { MachineFacts } from './facts.ts'

/** Every local cloud's network lies in here. */
const CLOUDS = '10.213.0.0'
const WITHOUT = {
  input: 'workers cannot call the OpCenter, no job can start',
  forward: 'instances reach this machine only, no registry and no download',
} as const
type Hook = keyof typeof WITHOUT

/** A chain of the kernel's that ends packets nobody has let through. */
type Closed = { readonly hook: Hook; readonly fix: string }

const rulesetSchema = z.object({
  nftables: z.array(z.looseObject({ chain: z.unknown(), rule: z.unknown() }).partial()),
})
const chainSchema = z.object({
  family: z.string(),
  table: z.string(),
  name: z.string(),
  hook: z.enum(['input', 'forward']),
  policy: z.literal('drop'),
})
const ruleSchema = z.looseObject({ family: z.string(), table: z.string() })

/**
 * Docker, ufw and others let nothing be forwarded, or nothing in, but what they know. No rule of ours can overrule a drop
 * in another table: it must be opened there.
 */
export const firewallRow = ({ firewall }: Pick<MachineFacts, 'firewall'>, setUp: string): HealthRow => {
  const name = 'firewall'
  if (!firewall.nft.ok)
    return {
      name,
      status: 'warning',
      found: `could not be asked: ${firewall.nft.said.split('\n')[0]}`,
      fix: setUp,
    }
  const closed = [...closedByNft(firewall.nft.said), ...closedByLegacy(firewall.legacy)]
  if (closed.length === 0)
    return { name, status: 'ok', found: 'nothing keeps instances from their network', fix: '' }
  return {
    name,
    status: closed.some(({ hook }) => hook === 'input') ? 'failed' : 'warning',
    found: [...new Set(closed.map(({ hook }) => `${hook} drops by default: ${WITHOUT[hook]}`))].join('; '),
    fix: closed.map(({ fix }) => fix).join('; '),
  }
}

/** iptables of today writes nftables, Docker's and ufw's chains included. */
const closedByNft = (said: string): Closed[] => {
  const { nftables } = rulesetSchema.parse(JSON.parse(said))
  const rules = nftables.flatMap(({ rule }) => ruleSchema.safeParse(rule).data ?? [])
  return nftables.flatMap(({ chain }) => {
    const found = chainSchema.safeParse(chain).data
    if (!found) return []
    const { family, table, name, hook } = found
    const opened = rules.some((rule) => rule.family === family && rule.table === table && letsUsThrough(rule))
    if (opened) return []
    const insert = (field: string): string =>
      `nft insert rule ${family} ${table} ${name} ip ${field} ${CLOUDS}/16 accept`
    return [{ hook, fix: [insert('saddr'), ...(hook === 'forward' ? [insert('daddr')] : [])].join('; ') }]
  })
}

const letsUsThrough = (rule: object): boolean => {
  const text = JSON.stringify(rule)
  return text.includes(CLOUDS) && text.includes('"accept"')
}

/** `iptables-legacy -S`: tables that nft does not show. */
const closedByLegacy = (said: string): Closed[] =>
  (['input', 'forward'] as const).flatMap((hook) => {
    const chain = hook.toUpperCase()
    if (!said.includes(`-P ${chain} DROP`) || said.includes(`${CLOUDS}/16`)) return []
    const insert = (side: string): string => `iptables-legacy -I ${chain} ${side} ${CLOUDS}/16 -j ACCEPT`
    return [{ hook, fix: [insert('-s'), ...(hook === 'forward' ? [insert('-d')] : [])].join('; ') }]
  })
