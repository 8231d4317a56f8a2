import type { InstanceId } from '@mmcloud/domain'
import { describe, expect, test } from 'vitest'
import { aJob, openTestApi } from './test-api.ts'

const ID = 'j'.repeat(21)

describe('submit', () => {
  test('answers 201 with the job, its name made up from the image', async () => {
    const { call } = await openTestApi()
    const { status, body } = await call('POST', '/api/v1/jobs', {
      image: 'python',
      jobContent: '#!/bin/sh\n',
      cpu: 2,
      mem: '4:8',
      instType: '',
      imageVolSize: 0,
      customTags: { b: '2', a: '1' },
      envs: ['KEY=a,b=c'],
    })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      id: ID,
      status: 'Submitted',
      cpu: 2,
      memGB: 4,
      memGBMax: 8,
      imageID: 'python',
    })
    expect(body['name']).toMatch(/^python-[a-z0-9]{6}-any$/)
    expect(Object.keys(body['customTags'] as object)).toEqual(['a', 'b'])
    expect(body['submitTime']).toBe('2026-11-23T05:30:00Z')
  })

  test('tells what a job would get, and makes none', async () => {
    const { call, records } = await openTestApi()
    const { status, body } = await call('POST', '/api/v1/offers', {
      image: 'python',
      mem: 2,
      denyList: '[m5*]',
    })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      need: '1 vCPU, 2 GB, spotFirst, not m5*',
      offers: [
        { instanceType: 't3.medium', market: 'spot', pricePerHour: 0.0125 },
        { instanceType: 't3.micro', market: 'spot', rejected: 'too little memory: 1 GB of 2' },
        { instanceType: 't3.micro', market: 'onDemand', rejected: 'too little memory: 1 GB of 2' },
      ],
    })
    expect(await records.read((view) => view.jobs({}))).toEqual([])
    const refused = await call('POST', '/api/v1/offers', { image: 'python', mem: '4:2' })
    expect([refused.status, refused.body['message']]).toEqual([
      400,
      'Invalid argument, --mem: the maximum 2 is below the minimum 4',
    ])
  })

  test('pins the digest of a registry image', async () => {
    const { call, records } = await openTestApi()
    await call('POST', '/api/v1/jobs', { image: 'quay.io/a/b:1' })
    const [job] = await records.read((view) => view.jobs({}))
    expect(job?.spec.image).toEqual({
      name: 'quay.io/a/b:1',
      source: 'docker://quay.io/a/b:1',
      digest: `sha256:${'a'.repeat(64)}`,
    })
    expect(job?.spec.name).toMatch(/^b-/)
  })

  test.each([
    [{}, 400, 1003, '--image is missing'],
    [{ image: 'nowhere' }, 400, 1003, 'neither in the library'],
    [{ image: 'oci:/no/such/layout' }, 400, 1003, 'no such file or directory'],
    [{ image: 'python', cpu: 'many' }, 400, 1003, '--cpu'],
    [{ image: 'python', jobContent: 7 }, 400, 1003, 'jobContent'],
    [
      { image: 'python', snapLocation: 's3://b' },
      422,
      1006,
      '--snapLocation: what is saved of a job lies on its own disk',
    ],
    [{ image: 'python', migratePolicy: '[gpu.step=1]' }, 400, 1003, 'unknown key "gpu.step"'],
    [
      { image: 'python', mem: 4, migratePolicy: '[mem.limit=2]' },
      400,
      1003,
      "mem.limit: 2 is below the job's minimum of 4",
    ],
  ])('%j is refused in words', async (payload, status, code, words) => {
    const { call } = await openTestApi()
    const answer = await call('POST', '/api/v1/jobs', payload)
    expect(answer).toMatchObject({ status, body: { code } })
    expect(answer.body['message']).toContain(words)
  })
})

describe('show and list', () => {
  test('an id that is none is a resource not found', async () => {
    const { call } = await openTestApi()
    for (const id of ['nonsense', 'a'.repeat(21)]) {
      const answer = await call('GET', `/api/v1/jobs/${id}`)
      expect(answer).toMatchObject({ status: 404, body: { code: 1002 } })
      expect(answer.body['message']).toContain('Resource not found')
    }
  })

  test('a running job shows its host, ports and what it cost', async () => {
    const { call, records, time } = await openTestApi()
    const instance = 'i-1' as InstanceId
    const job = aJob(ID, {
      status: 'Executing',
      residence: { kind: 'running', instance },
      startedAt: time.now - 3_600_000,
      submittedAt: time.now - 3_660_000,
      executingSince: time.now - 3_600_000,
      costUsd: 0.12345,
    })
    await records.write(async (tx) => {
      await tx.insertJob({ ...job, spec: { ...job.spec, publish: [{ hostPort: 80, containerPort: 8888 }] } })
      await tx.insertInstance({
        id: instance,
        jobId: job.id,
        offer: {
          provider: 'local',
          instanceType: 't3.small',
          cpu: 2,
          memGB: 4,
          market: 'spot',
          pricePerHour: 0.01,
          cpuFeatures: [],
        },
        state: 'ready',
        cloudId: 'i-1',
        address: '10.0.0.9',
        requestedAt: time.now - 3_600_000,
        readyAt: time.now - 3_600_000,
        version: 1,
      })
    })
    const { body } = await call('GET', `/api/v1/jobs/${ID}`)
    expect(body).toMatchObject({
      workingHost: '10.0.0.9 (2Core4GB/Spot)',
      instanceType: 't3.small',
      portMappings: ['80:8888 -> 10.0.0.9:80'],
      publicIP: '10.0.0.9',
      cost: '0.1335 USD', // 0.12345 of earlier instances, 0.01 of an hour of this one
      coreHours: 2,
      execTime: '1h0m0s',
      queueTime: '1m0s',
      category: 'running',
    })
    expect(body).not.toHaveProperty('rc')
    const { body: hosts } = await call('GET', '/api/v1/hosts')
    expect(hosts['hosts']).toMatchObject([{ id: 'i-1', job: ID, market: 'spot' }])
  })

  test('the policy for its size is shown: by default it moves only before memory runs out', async () => {
    const { call, records } = await openTestApi()
    await records.write((tx) => tx.insertJob(aJob(ID)))
    const { migratePolicy } = (await call('GET', `/api/v1/jobs/${ID}`)).body
    expect(migratePolicy).toMatchObject({ evadeOOM: true, cpu: { disable: true }, mem: { disable: true } })
  })

  test('an ended job keeps its exit code and has no host', async () => {
    const { call, records } = await openTestApi()
    await records.write((tx) =>
      tx.insertJob(aJob(ID, { status: 'FailToComplete', exitCode: 3, endedAt: 5_000 })),
    )
    expect((await call('GET', `/api/v1/jobs/${ID}`)).body).toMatchObject({
      rc: '3',
      workingHost: '',
      category: 'failed',
      duration: '5s',
    })
  })

  test('pages go on where the one before ended, whatever has changed meanwhile', async () => {
    const { call, records } = await openTestApi()
    const ids = Array.from({ length: 5 }, (_, at) => String(at).repeat(21))
    await records.write(async (tx) => {
      for (const [at, id] of ids.entries())
        await tx.insertJob(aJob(id, { submittedAt: at, status: 'Executing' }))
    })
    const page = async (query: string) => {
      const { body, status } = await call('GET', `/api/v1/jobSummaries?${query}`)
      const jobs = (body['jobs'] as { id: string }[] | undefined)?.map(({ id }) => id[0]).join('')
      return [status, jobs, body['next']]
    }
    expect(await page('limit=2')).toEqual([200, '43', ids[3]])
    await records.write((tx) =>
      tx.updateJob(aJob(ids[3]!, { submittedAt: 3, status: 'Completed', version: 2 })),
    )
    expect(await page(`limit=2&after=${ids[3]}&filter=status%3DExecuting`)).toEqual([200, '21', ids[1]])
    expect(await page(`limit=2&after=${ids[1]}`)).toEqual([200, '0', undefined])
    expect((await page('after=nobody'))[0]).toBe(404)
    expect((await page('limit=0'))[0]).toBe(400)
  })

  test('filters are joined by AND, newest first', async () => {
    const { call, records } = await openTestApi()
    await records.write(async (tx) => {
      await tx.insertJob(aJob('1'.repeat(21), { submittedAt: 1, status: 'Executing' }))
      await tx.insertJob(aJob('2'.repeat(21), { submittedAt: 2, status: 'Starting' }))
      await tx.insertJob(aJob('3'.repeat(21), { submittedAt: 3, status: 'Starting', user: 'eve' }))
    })
    const filter = 'filter=user%3Dadmin&filter=status%3DExecuting%20or%20status%3DStarting'
    const { body } = await call('GET', `/api/v1/jobSummaries?${filter}`)
    expect((body['jobs'] as { id: string }[]).map(({ id }) => id[0])).toEqual(['2', '1'])
    const pages = await call('GET', '/api/v1/jobPages?filter=user%3Deve')
    expect(pages.body['Jobs']).toHaveLength(1)
    expect((await call('GET', '/api/v1/jobPages?filter=nonsense')).status).toBe(400)
  })
})

describe('actions', () => {
  test('reach the engine with who asked and what for', async () => {
    const { call, records, asked } = await openTestApi()
    await records.write((tx) => tx.insertJob(aJob(ID, { status: 'Executing' })))
    const post = (action: string, payload: object = {}) =>
      call('POST', `/api/v1/jobs/${ID}/${action}`, payload)
    for (const action of ['suspend', 'resume', 'snapshot', 'rerun'])
      expect((await post(action)).status).toBe(202)
    await post('migrate', { instType: 'c5.large', cpu: '2:4' })
    await post('drill', { notice: '0s' })
    await post('drill')
    expect((await call('DELETE', `/api/v1/jobs/${ID}`)).status).toBe(202)
    expect(asked).toEqual([
      ['suspend', ID, 'admin'],
      ['resume', ID, 'admin'],
      ['snapshot', ID, 'admin'],
      ['rerun', ID, 'admin', undefined],
      ['migrate', ID, 'admin', { instanceType: 'c5.large', cpu: { min: 2, max: 4 } }],
      ['drill', ID, 'admin', 0],
      ['drill', ID, 'admin', 120],
      ['cancel', ID, 'admin'],
    ])
  })
})

test('the API describes itself', async () => {
  const { call } = await openTestApi()
  const { body } = await call('GET', '/api/v1/openapi.json')
  expect(Object.keys(body['paths'] as object)).toContain('/api/v1/jobs/{id}/migrate')
  expect(body['openapi']).toBe('3.1.0')
})
