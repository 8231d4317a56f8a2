import { describe, expect, test } from 'vitest'
import { aJob, AUTH, fakeWorld, JOB_ID } from '../fake-world.ts'

test('check fails when a row failed, and tells the fix', async () => {
  const openCenter = [
    { name: 'kernel', status: 'ok', found: '6.18', fix: '' },
    { name: 'criu', status: 'failed', found: 'missing', fix: 'apt-get install criu' },
  ]
  const world = fakeWorld({ 'GET /api/v1/health': { body: { openCenter, workers: [] } } })
  expect(await world.float('check', ...AUTH)).toEqual({
    code: 1,
    stdout:
      'OpCenter\n  ok       kernel  6.18\n  failed   criu    missing\n                   fix: apt-get install criu\n',
    stderr: '',
  })
})

test('status holds the words that clients look for', async () => {
  const body = {
    version: '0.1.0',
    licenseStatus: 'valid',
    startTime: '2026-11-23T05:00:00Z',
    jobs: { Executing: 2 },
    instances: 2,
  }
  const world = fakeWorld({ 'GET /api/v1/status': { body } })
  const { stdout } = await world.float('status', ...AUTH)
  expect(stdout).toContain('License Status: valid\n')
  expect(stdout).toContain('Up: 1h0m0s\n')
})

test('hosts shows price, market and how soon one is taken', async () => {
  const host = {
    id: 'i-1',
    address: '10.213.0.10',
    instanceType: 'm5.large',
    cpu: 2,
    memGB: 8,
    market: 'spot',
    pricePerHour: 0.0321,
    state: 'ready',
    job: JOB_ID,
    jobName: 'n',
    launchTime: '2026-11-23T05:58:00Z',
    interruptionTime: '2026-11-23T06:00:30Z',
  }
  const world = fakeWorld({ 'GET /api/v1/hosts': { body: { hosts: [host] } } })
  const { stdout } = await world.float('sinfo', ...AUTH)
  expect(
    stdout
      .split('\n')[3]
      ?.split('|')
      .map((cell) => cell.trim()),
  ).toEqual([
    '',
    'i-1',
    '10.213.0.10',
    'm5.large',
    '2',
    '8 GB',
    'Spot',
    '0.0321',
    'ready',
    JOB_ID,
    '2m00s',
    '30.0s',
    '',
  ])
})

test('drill passes the notice on', async () => {
  const world = fakeWorld({ [`POST /api/v1/jobs/${JOB_ID}/drill`]: { status: 202, body: aJob() } })
  const { stdout } = await world.float('drill', '-j', JOB_ID, '--notice', '30s', ...AUTH)
  expect(stdout).toContain('takes its instance back in 30s')
  expect(world.requests[0]?.body).toBe('{"notice":"30s"}')
})

test('image list is a table', async () => {
  const image = {
    name: 'python',
    tag: 'latest',
    uri: '',
    digest: 'sha256:0123456789abcdef',
    description: 'Python',
  }
  const world = fakeWorld({ 'GET /api/v1/images': { body: { images: [image] } } })
  expect((await world.float('mi', 'list', ...AUTH)).stdout).toContain('| python | latest |')
})

describe('the app library', () => {
  const image = {
    name: 'cactus',
    tag: '2',
    uri: 'docker://quay.io/a/cactus:v2',
    digest: 'sha256:0123456789abcdef',
    description: 'Genomes',
    port: 80,
  }
  test('add sends what was said, and nothing else', async () => {
    const world = fakeWorld({ 'POST /api/v1/images': { status: 201, body: image } })
    const flags = ['--tag', '2', '--port', '80', '--description', 'Genomes']
    const { code, stdout } = await world.float(
      'image',
      'add',
      'cactus',
      'quay.io/a/cactus:v2',
      ...flags,
      ...AUTH,
    )
    expect([code, stdout.includes('| cactus | 2   |')]).toEqual([0, true])
    expect(JSON.parse(world.requests[0]!.body!)).toEqual({
      name: 'cactus',
      uri: 'quay.io/a/cactus:v2',
      tag: '2',
      description: 'Genomes',
      port: 80,
    })
  })
  test('tags are a word a line', async () => {
    const world = fakeWorld({
      'GET /api/v1/images/cactus': { body: { images: [image, { ...image, tag: '3' }] } },
    })
    expect((await world.float('image', 'tags', 'cactus', ...AUTH)).stdout).toBe('2\n3\n')
  })
  test('delete asks on a terminal only, and takes no for an answer', async () => {
    const answers = { 'DELETE /api/v1/images/cactus': { body: { deleted: 1 } } }
    const refused = fakeWorld(answers, { ask: () => Promise.resolve('n') })
    expect((await refused.float('image', 'delete', 'cactus:2', ...AUTH)).stdout).toBe('')
    expect(refused.requests).toEqual([])
    const script = fakeWorld(answers)
    expect((await script.float('mi', 'delete', 'cactus:2', ...AUTH)).stdout).toBe('Deleted 1 tag of cactus\n')
    expect(script.requests[0]?.path).toBe('/api/v1/images/cactus?tag=2')
  })
  test.each([
    [['add', 'cactus'], 'image add: give a name and where the image is, NAME URI'],
    [['delete'], 'image: the name of an image is missing'],
    [['burn', 'cactus'], 'image: "burn" is not list, show, tags, add or delete'],
  ])('image %j is refused before anything is sent', async (words, said) => {
    const world = fakeWorld({})
    const { code, stderr } = await world.float('image', ...words, ...AUTH)
    expect([code !== 0, stderr.includes(said), world.requests]).toEqual([true, true, []])
  })
})
