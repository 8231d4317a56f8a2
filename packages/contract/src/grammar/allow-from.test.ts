import { expect, test } from 'vitest'
import { parseAllowFrom } from './allow-from.ts'

test.each([
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['10.1.2.3/8', '10.0.0.0/8'],
  ['172.31.200.9/12', '172.16.0.0/12'],
  ['192.168.7.255/23', '192.168.6.0/23'],
  [' 1.2.3.4 ', '1.2.3.4/32'],
  ['255.255.255.255/31', '255.255.255.254/31'],
])('%s is the network %s', (text, network) => expect(parseAllowFrom(text)).toBe(network))

test.each([
  '',
  '10',
  '10.0.0',
  '256.0.0.1',
  '10.0.0.0/33',
  '10.0.0.0/',
  '::1',
  '10.0.0.0/8 accept',
  'a.b.c.d',
])('"%s" is refused', (text) => expect(() => parseAllowFrom(text)).toThrow('--allowFrom'))
