import { promisify } from 'node:util'
import { type ServiceError, status } from '@grpc/grpc-js'
import { UnreachableError } from '@mmcloud/client'
import { expect, onTestFinished, test, vi } from 'vitest'
import { FakeCenter } from './fake-center.ts'
import { AgentMetadataServiceClient, SyncAgentServiceClient } from './generated/flyteidl/service/agent.ts'
import {
  HealthCheckResponse_ServingStatus as Serving,
  HealthClient,
} from './generated/grpc/health/v1/health.ts'
import {
  ServerReflectionClient,
  type ServerReflectionResponse,
} from './generated/grpc/reflection/v1/reflection.ts'
import { serveAgent } from './serve.ts'
import { create, refusal, start, taskNamed } from './test-agent.ts'

test('the engine learns who serves which tasks; nothing is done within one call', async () => {
  const { at } = await start()
  const metadata = new AgentMetadataServiceClient(...at)
  const sync = new SyncAgentServiceClient(...at)
  onTestFinished(() => [metadata, sync].forEach((client) => client.close()))
  const { agents } = (await promisify(metadata.listAgents.bind(metadata) as never)({} as never)) as never as {
    agents: { name: string; supportedTaskTypes: string[] }[]
  }
  expect(agents).toMatchObject([{ supportedTaskTypes: ['mmcloud_task'], isSync: false }])
  const named = (name: string) => promisify(metadata.getAgent.bind(metadata) as never)({ name } as never)
  expect(await named(agents[0]!.name)).toMatchObject({ agent: { name: agents[0]!.name } })
  expect((await refusal(named('nobody') as Promise<unknown>)).code).toBe('NOT_FOUND')
  const stream = sync.executeTaskSync()
  const refused = new Promise<ServiceError>((resolve) => stream.on('error', resolve))
  stream.on('data', () => undefined)
  stream.end()
  expect((await refused).code).toBe(status.UNIMPLEMENTED)
})

test('it serves until the OpCenter has been away for a minute, and again when it is back', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const { at, center, clock } = await start()
  const health = new HealthClient(...at)
  onTestFinished(() => health.close())
  const statusOf = async (service: string) =>
    (
      (await promisify(health.check.bind(health) as never)({ service } as never)) as never as {
        status: Serving
      }
    ).status
  const after = async (ms: number): Promise<void> => {
    clock.now += ms
    await vi.advanceTimersByTimeAsync(5000)
  }
  center.failure = new UnreachableError('connection refused')
  await after(59_000)
  expect(await statusOf('')).toBe(Serving.SERVING)
  await after(2000)
  for (const service of ['', 'flyteidl.service.AsyncAgentService'])
    expect(await statusOf(service)).toBe(Serving.NOT_SERVING)
  center.failure = undefined
  await after(5000)
  expect(await statusOf('flyteidl.service.AgentMetadataService')).toBe(Serving.SERVING)
  expect((await refusal(statusOf('other'))).code).toBe('NOT_FOUND')
})

test('tools that ask by reflection are told the services and the files they stand in', async () => {
  const { at } = await start()
  const reflection = new ServerReflectionClient(...at)
  onTestFinished(() => reflection.close())
  const ask = async (messageRequest: object): Promise<ServerReflectionResponse['messageResponse']> => {
    const stream = reflection.serverReflectionInfo()
    const answered = new Promise<ServerReflectionResponse>((resolve, reject) => {
      stream.on('data', resolve)
      stream.on('error', reject)
    })
    stream.write({ host: '', messageRequest } as never)
    stream.end()
    return (await answered).messageResponse
  }
  expect(await ask({ $case: 'listServices', value: '' })).toMatchObject({
    value: { service: expect.arrayContaining([{ name: 'flyteidl.service.AsyncAgentService' }]) },
  })
  const found = await ask({
    $case: 'fileContainingSymbol',
    value: 'flyteidl.service.AsyncAgentService.CreateTask',
  })
  expect(found).toMatchObject({ $case: 'fileDescriptorResponse' })
  expect(await ask({ $case: 'fileContainingSymbol', value: 'a.'.repeat(20_000) })).toMatchObject({
    $case: 'errorResponse',
  })
  expect(await ask({ $case: 'fileByFilename', value: 'nowhere.proto' })).toMatchObject({
    $case: 'errorResponse',
    value: { errorCode: status.NOT_FOUND },
  })
})

test('told to end, it takes no new calls and lets those under way finish', async () => {
  const started = await start()
  const answers = Promise.withResolvers<void>()
  started.center.delay = answers.promise
  const underWay = create(started, taskNamed('e'))
  await vi.waitFor(() => expect(started.center.calls.get('submitJob')).toBe(1))
  const drained = started.drain()
  answers.resolve()
  expect(JSON.parse(String(await underWay))).toEqual({ job_id: 'job-0' })
  await drained
  expect((await refusal(create(started, taskNamed('f')))).code).toBe('UNAVAILABLE')
})

test.each([
  ['port', '--port'],
  ['prometheusPort', '--prometheus-port'],
])('a %s that somebody else listens at is told with the flag for another', async (which, flag) => {
  const { agent } = await start()
  const options = {
    host: '127.0.0.1',
    port: 0,
    prometheusPort: 0,
    [which]: agent[which as 'port'],
    metricPrefix: 'flyte_agent_',
    retryable: false,
    readFlags: () => ({}),
    log: () => undefined,
    now: () => 0,
  }
  await expect(serveAgent(new FakeCenter(), options)).rejects.toThrow(
    `Cannot listen on 127.0.0.1:${agent[which as 'port']}: another program listens there, an agent perhaps; choose another with ${flag}`,
  )
})

test('streams that somebody keeps open hold up no end', async () => {
  const { at, drain } = await start()
  const health = new HealthClient(...at)
  const reflection = new ServerReflectionClient(...at)
  onTestFinished(() => [health, reflection].forEach((client) => client.close()))
  const asking = reflection.serverReflectionInfo()
  const streams = [health.watch({ service: '' }), health.watch({ service: 'nowhere' }), asking]
  for (const stream of streams) stream.on('error', () => undefined)
  asking.write({ messageRequest: { $case: 'listServices', value: '' } } as never)
  await Promise.all(streams.map((stream) => new Promise((resolve) => stream.once('data', resolve))))
  const ended = Promise.all(streams.map((stream) => new Promise((resolve) => stream.once('end', resolve))))
  const began = performance.now()
  await Promise.all([drain(), ended])
  expect(performance.now() - began).toBeLessThan(900)
})
