import { describe, expect, test } from 'vitest'
import { firewallRow } from './firewall.ts'

const chain = (hook: string, policy: string) => ({
  chain: { family: 'ip', table: 'filter', name: hook.toUpperCase(), type: 'filter', hook, prio: 0, policy },
})
const opening = (field: string) => ({
  rule: {
    family: 'ip',
    table: 'filter',
    chain: 'DOCKER-USER',
    expr: [
      {
        match: {
          op: '==',
          left: { payload: { protocol: 'ip', field } },
          right: { prefix: { addr: '10.213.0.0', len: 16 } },
        },
      },
      { accept: null },
    ],
  },
})
const row = (parts: object[], legacy = '') =>
  firewallRow(
    { firewall: { nft: { ok: true, said: JSON.stringify({ nftables: parts }) }, legacy } },
    'set up',
  )

describe('the firewall row', () => {
  test('is content where nothing is dropped by default', () => {
    expect(row([{ metainfo: {} }, chain('forward', 'accept'), chain('input', 'accept')])).toMatchObject({
      status: 'ok',
    })
  })
  test("warns of Docker's FORWARD DROP with the two rules that open it", () => {
    const found = row([chain('forward', 'drop')])
    expect(found.status).toBe('warning')
    expect(found.fix).toBe(
      'nft insert rule ip filter FORWARD ip saddr 10.213.0.0/16 accept; nft insert rule ip filter FORWARD ip daddr 10.213.0.0/16 accept',
    )
  })
  test('fails where workers could not call the OpCenter', () => {
    expect(row([chain('input', 'drop')])).toMatchObject({
      status: 'failed',
      fix: expect.stringContaining('INPUT ip saddr'),
    })
  })
  test('is content again when it was opened', () => {
    expect(row([chain('forward', 'drop'), opening('saddr'), opening('daddr')]).status).toBe('ok')
  })
  test('sees the tables of the older iptables', () => {
    expect(row([], '-P INPUT ACCEPT\n-P FORWARD DROP\n').fix).toContain(
      'iptables-legacy -I FORWARD -s 10.213.0.0/16',
    )
    expect(row([], '-P FORWARD DROP\n-A FORWARD -s 10.213.0.0/16 -j ACCEPT\n').status).toBe('ok')
  })
  test('says so where it cannot be asked', () => {
    const unasked = firewallRow(
      { firewall: { nft: { ok: false, said: 'spawn nft ENOENT' }, legacy: '' } },
      'set up',
    )
    expect(unasked).toMatchObject({ status: 'warning', fix: 'set up' })
  })
})
