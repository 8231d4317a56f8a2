import { json } from 'node:stream/consumers'
import { ROUTES } from '@mmcloud/contract'
import { z } from 'zod'
import type { Answer, Forwarded } from '../job-api/handle-call.ts'
import { until } from '../system/wait.ts'

/** An OpCenter that is being started again answers within this. */
const ANSWERS_WITHIN_MS = 60_000
const ASK_AGAIN_MS = 1000
/** From here on the status says that the OpCenter failed, not that it refuses. */
const FAILED = 500

const valueSchema = z.object({ value: z.string() })
const refusalSchema = z.object({ message: z.string() })

/** The value of a secret of the job's owner, by name; throws a sentence for a person, which never holds one. */
export type FetchSecret = (name: string) => Promise<string>

/** Asks the OpCenter as the worker of the job's instance; again while it does not answer, since a job must not fail by that. */
export const secretFrom =
  (
    forward: (call: Forwarded) => Promise<Answer>,
    patience: { readonly withinMs: number; readonly everyMs: number } = {
      withinMs: ANSWERS_WITHIN_MS,
      everyMs: ASK_AGAIN_MS,
    },
  ): FetchSecret =>
  async (name) => {
    const { method, path } = ROUTES.secret
    const call = { method, path: path.replace('{name}', name), body: Buffer.alloc(0) }
    const late = (): string => `The OpCenter does not answer for secret ${name}`
    const { status, answered } = await until(() => ask(forward, call), { ...patience, late })
    if (status === 200) return valueSchema.parse(answered).value
    const refused = refusalSchema.safeParse(answered).data?.message ?? `HTTP ${status}`
    throw new Error(
      status === 404
        ? `there is no secret ${name} any more; its owner can set it again and rerun the job`
        : `secret ${name} could not be had: ${refused}`,
    )
  }

const ask = async (
  forward: (call: Forwarded) => Promise<Answer>,
  call: Forwarded,
): Promise<{ readonly status: number; readonly answered: unknown } | undefined> => {
  try {
    const { status, body } = await forward(call)
    const answered = await json(body)
    return status >= FAILED ? undefined : { status, answered }
  } catch {
    return undefined
  }
}
