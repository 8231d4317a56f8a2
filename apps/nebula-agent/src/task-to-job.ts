import { createHash } from 'node:crypto'
import { dirname } from 'node:path'
import type { SubmitBody } from '@mmcloud/contract'
import { overlay } from '@mmcloud/contract/grammar/job-request'
import type { CreateTaskRequest, TaskExecutionMetadata } from './generated/flyteidl/admin/agent.ts'
import type { Secret } from './generated/flyteidl/core/security.ts'
import type { TaskTemplate } from './generated/flyteidl/core/tasks.ts'
import { readResources } from './resources.ts'
import { quoteWord, splitWords } from './shell-words.ts'

/** The task cannot be made a job as it is declared; the sentence is for who wrote it. */
export class InvalidTaskError extends Error {
  override readonly name = 'InvalidTaskError'
}

/** Reads flags of `float submit`, as `submit_extra` holds them. */
export type ReadFlags = (words: readonly string[]) => SubmitBody

/** Set on a job whose end the engine has asked for: every replica of the agent reads it there. */
export const ABORTED_TAG = 'nebula-aborted'
/** The task's name, on each job that is one: by this the agent knows its own. */
export const TASK_TAG = 'nebula-task'
/** Which attempt at which execution it is: its idempotency key. */
export const ATTEMPT_TAG = 'nebula-attempt'

/**
 * The job that runs a task: its container's image, arguments and environment, its resources, the secrets it requests as
 * references to the OpCenter's, and `submit_extra` over all this. Throws `InvalidTaskError`.
 */
export const jobOfTask = (request: CreateTaskRequest, readFlags: ReadFlags): SubmitBody => {
  const { template, taskExecutionMetadata: metadata } = request
  if (!template) throw new InvalidTaskError('the request has no task template')
  const container = template.target?.$case === 'container' ? template.target.value : undefined
  if (!container) throw new InvalidTaskError('the task has no container: only tasks with one can run here')
  if (container.image === '') throw new InvalidTaskError("the task's container names no image")
  const { submit_extra: extra, resources } = template.custom ?? {}
  const envs = variables(template, metadata, container.env)
  const base: SubmitBody = {
    ...orInvalid(() => readResources(resources)),
    image: container.image,
    ...(container.args.length > 0 ? { jobContent: scriptOf(container.args, envs) } : {}),
    name: nameOf(template),
    envs: [...envs],
    customTags: tagsOf(request),
  }
  const flags = orInvalid(() => readFlags(splitWords(String(extra ?? ''))), 'submit_extra: ')
  return orInvalid(() => overlay(base, flags))
}

/**
 * What makes a repeated Create the same one: execution, node, attempt and, for the parts of a map task, where the output goes.
 * Absent where the caller tells no execution or no node of it.
 */
export const idempotencyKey = ({
  taskExecutionMetadata: metadata,
  outputPrefix,
}: Attempt): string | undefined => {
  const id = metadata?.taskExecutionId
  const { executionId, nodeId } = id?.nodeExecutionId ?? {}
  if (!id || !executionId?.name || !nodeId) return undefined
  const parts = [
    executionId?.org,
    executionId?.project,
    executionId?.domain,
    executionId?.name,
    nodeId,
    id.taskId?.name,
    id.taskId?.version,
    id.retryAttempt,
    outputPrefix,
  ]
  return `nebula-${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`
}

/** More than engines retry; the number comes from the wire. */
const MOST_EARLIER = 100

/**
 * The keys of the attempts before this one, which the engine has given up. Where it tells the attempt in the last part of the
 * output's place too, as Flyte does (`…/n0/data/1`, of the third part of a map task `…/n0/data/0/2/1`), that is told apart.
 */
export const earlierKeys = ({ taskExecutionMetadata, outputPrefix }: Attempt): readonly string[] => {
  const id = taskExecutionMetadata?.taskExecutionId
  if (!taskExecutionMetadata || !id) return []
  const place = outputPrefix.endsWith(`/${id.retryAttempt}`) ? dirname(outputPrefix) : undefined
  return Array.from({ length: Math.min(id.retryAttempt, MOST_EARLIER) }, (_, back) => {
    const retryAttempt = id.retryAttempt - 1 - back
    return idempotencyKey({
      taskExecutionMetadata: { ...taskExecutionMetadata, taskExecutionId: { ...id, retryAttempt } },
      outputPrefix: place === undefined ? outputPrefix : `${place}/${retryAttempt}`,
    })
  }).flatMap((key) => key ?? [])
}

/** What tells one attempt from all others. */
type Attempt = Pick<CreateTaskRequest, 'taskExecutionMetadata' | 'outputPrefix'>

const orInvalid = <T>(work: () => T, what = ''): T => {
  try {
    return work()
  } catch (error) {
    throw new InvalidTaskError(`${what}${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}

/**
 * The shell gives way to the program: signals and the exit code are the program's own. Debian's `sh` drops variables of other
 * names than a shell can give, `_FSEC_USER-INFO_TOKEN`; bash hands them on, and is only asked for where it has to be there.
 */
const scriptOf = (args: readonly string[], envs: readonly string[]): string => {
  const shell = envs.every((each) => /^[A-Za-z_]\w*=/.test(each)) ? '/bin/sh' : '/bin/bash'
  return `#!${shell}\nexec ${args.map(quoteWord).join(' ')}\n`
}

const nameOf = ({ id }: TaskTemplate): string =>
  `nebula-${(id?.name || 'task')
    .split('.')
    .at(-1)!
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')}`.slice(0, 100)

const variables = (
  { securityContext }: TaskTemplate,
  metadata: TaskExecutionMetadata | undefined,
  own: readonly { readonly key: string; readonly value: string }[],
): readonly string[] => {
  const all: Record<string, string> = {
    ...secretVariables(securityContext?.secrets ?? []),
    ...metadata?.environmentVariables,
    ...Object.fromEntries(own.map(({ key, value }) => [named(key), value])),
    // Last: without it the program ends well whatever the function raises.
    FLYTE_FAIL_ON_ERROR: 'true',
  }
  // On the wire they come in any order: a repeated Create must be the same request.
  return Object.entries(all)
    .map(([key, value]) => `${key}=${value}`)
    .toSorted()
}

/** A variable's own name, and not a part of its value. */
const named = (key: string): string => {
  if (key === '' || key.includes('='))
    throw new InvalidTaskError(`the container has a variable that is called "${key}"`)
  return key
}

/**
 * Secrets by the names under which flytekit looks for them in the environment: `_FSEC_GROUP_KEY`, and the one the task gives it.
 * In the OpCenter the secret is called `GROUP_KEY`, with a version `GROUP_VERSION_KEY`, or `KEY` where the task names no group.
 */
const secretVariables = (secrets: readonly Secret[]): Record<string, string> =>
  Object.fromEntries(
    secrets.flatMap(({ group, groupVersion, key, envVar }) => {
      const name = [group, groupVersion, key].filter((part) => part !== '').join('_')
      const reference = `{secret:${name}}`
      const variable: [string, string] = [`_FSEC_${name.toUpperCase()}`, reference]
      return envVar === '' ? [variable] : [variable, [envVar, reference]]
    }),
  )

const tagsOf = (request: CreateTaskRequest): Record<string, string> => {
  const execution = request.taskExecutionMetadata?.taskExecutionId?.nodeExecutionId
  const tags = {
    [TASK_TAG]: request.template?.id?.name || 'task',
    [ATTEMPT_TAG]: idempotencyKey(request),
    'nebula-project': execution?.executionId?.project,
    'nebula-domain': execution?.executionId?.domain,
    'nebula-execution': execution?.executionId?.name,
    'nebula-node': execution?.nodeId,
  }
  return Object.fromEntries(
    Object.entries(tags).flatMap(([key, value]) => (value ? [[key, value] as const] : [])),
  )
}
