import { expect, test } from 'vitest'
import { openLocalCloud, signal } from './open-local-cloud.ts'

test('an instance cannot pose as another, and has not what is the machine’s alone', async () => {
  await using cloud = await openLocalCloud()
  const { provider, request, inside } = cloud
  const [mine, other] = [request(), request()]
  const [, victim] = [await provider.launch(mine, signal), await provider.launch(other, signal)]
  const token = [
    '-X',
    'PUT',
    '-H',
    'X-aws-ec2-metadata-token-ttl-seconds: 60',
    'http://169.254.169.254/latest/api/token',
  ]
  const ask = (...words: string[]): Promise<string> =>
    inside(
      mine.id,
      'curl',
      '--silent',
      '--max-time',
      '2',
      '--output',
      '/dev/null',
      '--write-out',
      '%{http_code}',
      ...words,
      ...token,
    ).catch(() => 'no answer')
  expect(await ask()).toBe('200')

  // Silent, so that only the impostor would answer to the address.
  await inside(other.id, 'ip', 'link', 'set', 'eth0', 'down')
  await inside(mine.id, 'ip', 'addr', 'add', `${victim.address}/32`, 'dev', 'eth0')
  expect(await ask('--interface', victim.address)).toBe('no answer')
  expect(await ask()).toBe('200')

  const caps = await inside(mine.id, 'grep', 'CapBnd', '/proc/1/status')
  const bounding = BigInt(`0x${caps.split(/\s+/)[1]}`)
  // Linux's numbers: modules, raw input and output, reboot.
  for (const bit of [16n, 17n, 22n]) expect((bounding >> bit) & 1n).toBe(0n)
  expect((await inside(mine.id, 'ls', '/dev')).split('\n')).not.toContain('kmsg')
})
