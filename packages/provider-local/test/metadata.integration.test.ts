import { expect, test, vi } from 'vitest'
import { openLocalCloud, signal } from './open-local-cloud.ts'

test('an instance reads its metadata and sees its notice, as on AWS', async () => {
  await using cloud = await openLocalCloud()
  const { provider, request } = cloud
  const [asked, other] = [request(), request({ market: 'onDemand' })]
  const { address } = await provider.launch(asked, signal)
  await provider.launch(other, signal)

  const curl = (id: typeof asked.id, ...words: string[]): Promise<string> =>
    cloud.inside(id, 'curl', '--silent', '--write-out', ' %{http_code}', ...words)
  const base = 'http://169.254.169.254/latest'
  const tokenOf = async (id: typeof asked.id): Promise<string> => {
    const ttl = 'X-aws-ec2-metadata-token-ttl-seconds: 60'
    const [token, status] = (await curl(id, '-X', 'PUT', '-H', ttl, `${base}/api/token`)).split(' ')
    expect(status).toBe('200')
    return token ?? ''
  }
  const token = await tokenOf(asked.id)
  const get = (path: string, with_ = token): Promise<string> =>
    curl(asked.id, '-H', `X-aws-ec2-metadata-token: ${with_}`, `${base}/meta-data/${path}`)

  expect(await curl(asked.id, `${base}/meta-data/instance-id`)).toBe('Unauthorized\n 401')
  expect(await get('instance-id', await tokenOf(other.id))).toBe('Unauthorized\n 401')
  expect(await get('instance-id')).toBe(`${asked.id} 200`)
  expect(await get('instance-type')).toBe('t3.micro 200')
  expect(await get('local-ipv4')).toBe(`${address} 200`)
  expect(await get('spot/instance-action')).toBe('Not Found\n 404')

  await provider.reclaim(asked.id, 120, signal)
  const at = (await provider.list(signal)).find(({ id }) => id === asked.id)?.interruptionAt ?? 0
  const time = new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')
  expect(await get('spot/instance-action')).toBe(`{"action":"terminate","time":"${time}"} 200`)
  expect(await get('spot/termination-time')).toBe(`${time} 200`)
})

test('the market takes spot instances by itself, and leaves on-demand ones', async () => {
  await using cloud = await openLocalCloud({ meanTimeToReclaimSeconds: 0.5, defaultNoticeSeconds: 1 })
  const { provider, request } = cloud
  const [spot, onDemand] = [request(), request({ market: 'onDemand' })]
  await provider.launch(onDemand, signal)
  await provider.launch(spot, signal)
  const ids = async () => (await provider.list(signal)).map(({ id }) => id)
  await vi.waitFor(async () => expect(await ids()).toEqual([onDemand.id]), { timeout: 20_000 })
})
