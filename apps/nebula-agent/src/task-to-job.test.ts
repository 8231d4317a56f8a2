import { expect, test } from 'vitest'
import { CreateTaskRequest } from './generated/flyteidl/admin/agent.ts'
import { idempotencyKey, jobOfTask, type ReadFlags } from './task-to-job.ts'

type Partial = Parameters<typeof CreateTaskRequest.fromPartial>[0]
const CONTAINER = {
  $case: 'container' as const,
  value: { image: 'lab/task:1', args: ['pyflyte-execute', '--prev-checkpoint', '""', "it's"] },
}
const request = (template: object = {}, more: Partial = {}): CreateTaskRequest =>
  CreateTaskRequest.fromPartial({
    template: { id: { name: 'flows.main.to_str' }, type: 'mmcloud_task', target: CONTAINER, ...template },
    outputPrefix: 's3://b/out',
    ...more,
  })
const EXECUTION = {
  taskExecutionId: {
    taskId: { name: 'flows.main.to_str', version: 'v1' },
    nodeExecutionId: { nodeId: 'n0', executionId: { project: 'p', domain: 'd', name: 'e1' } },
    retryAttempt: 0,
  },
  environmentVariables: { LEVEL: '1', INDEX: '7' },
}
const noFlags: ReadFlags = (words) =>
  words.length === 0 ? { image: '' } : { image: '', timeLimit: words.join(' ') }
const jobOf = (asked: CreateTaskRequest) => jobOfTask(asked, noFlags)

test('image, arguments, environment and name are those of the container and the task', () => {
  const job = jobOf(
    request(
      { target: { ...CONTAINER, value: { ...CONTAINER.value, env: [{ key: 'LEVEL', value: '2' }] } } },
      { taskExecutionMetadata: EXECUTION },
    ),
  )
  expect(job).toMatchObject({
    image: 'lab/task:1',
    name: 'nebula-to_str',
    cpu: '1',
    mem: '1',
    envs: ['FLYTE_FAIL_ON_ERROR=true', 'INDEX=7', 'LEVEL=2'],
    customTags: { 'nebula-execution': 'e1', 'nebula-node': 'n0', 'nebula-task': 'flows.main.to_str' },
  })
  expect(job.jobContent).toBe(`#!/bin/sh\nexec 'pyflyte-execute' '--prev-checkpoint' '""' 'it'\\''s'\n`)
})

test('resources and extra flags of its configuration', () => {
  const job = jobOf(request({ custom: { submit_extra: '--timeLimit 1h', resources: ['2', '4', '8', null] } }))
  expect(job).toMatchObject({ cpu: '2:8', mem: '4', timeLimit: '--timeLimit 1h', image: 'lab/task:1' })
})

test('secrets are references, under the names that flytekit looks for', () => {
  const secrets = [
    { group: 'db', key: 'password', envVar: '' },
    { group: '', key: 'token', envVar: 'MY_TOKEN' },
  ]
  expect(jobOf(request({ securityContext: { secrets } })).envs).toEqual([
    'FLYTE_FAIL_ON_ERROR=true',
    'MY_TOKEN={secret:token}',
    '_FSEC_DB_PASSWORD={secret:db_password}',
    '_FSEC_TOKEN={secret:token}',
  ])
})

test.each([
  [CreateTaskRequest.fromPartial({}), 'no task template'],
  [request({ target: undefined }), 'no container'],
  [request({ target: { $case: 'container', value: { image: '' } } }), 'names no image'],
  [request({ custom: { resources: ['4', null, '2', null] } }), 'more cpu than its limit'],
  [request({ custom: { submit_extra: '"open' } }), 'submit_extra: a quote is not closed'],
  [
    request({ target: { ...CONTAINER, value: { ...CONTAINER.value, env: [{ key: 'A=B', value: 'c' }] } } }),
    'a variable that is called "A=B"',
  ],
])('a task that cannot be a job is refused with a sentence', (asked, sentence) =>
  expect(() => jobOf(asked)).toThrow(sentence),
)

test('a repeated Create has the same key; another attempt, part or execution another', () => {
  const key = (changes: object = {}, more: Partial = {}): string | undefined =>
    idempotencyKey(
      request(
        {},
        { taskExecutionMetadata: { taskExecutionId: { ...EXECUTION.taskExecutionId, ...changes } }, ...more },
      ),
    )
  expect(key()).toBe(key())
  const others = [
    key({ retryAttempt: 1 }),
    key({ nodeExecutionId: { ...EXECUTION.taskExecutionId.nodeExecutionId, nodeId: 'n1' } }),
    key({}, { outputPrefix: 's3://b/1' }),
  ]
  expect(new Set([key(), ...others]).size).toBe(4)
  expect(key()).toMatch(/^nebula-[0-9a-f]{64}$/)
  expect(idempotencyKey(request())).toBeUndefined()
  expect(key({ nodeExecutionId: { nodeId: 'n0' } })).toBeUndefined()
  expect(key({ nodeExecutionId: { executionId: { name: 'e1' } } })).toBeUndefined()
})

test('a task that fails is a job that fails, whatever its environment says', () => {
  const value = { ...CONTAINER.value, env: [{ key: 'FLYTE_FAIL_ON_ERROR', value: 'false' }] }
  expect(jobOf(request({ target: { ...CONTAINER, value } })).envs).toEqual(['FLYTE_FAIL_ON_ERROR=true'])
})

test('a variable that no shell can name reaches the program by a shell that hands it on', () => {
  const secrets = [{ group: 'user-info', key: 'token' }]
  const job = jobOf(request({ securityContext: { secrets } }))
  expect(job.envs).toContain('_FSEC_USER-INFO_TOKEN={secret:user-info_token}')
  expect(job.jobContent).toMatch(/^#!\/bin\/bash\nexec /)
})

test('no flags at all are told as nothing, or as null', () => {
  expect(jobOf(request({ custom: { submit_extra: null } }))).not.toHaveProperty('timeLimit')
})
