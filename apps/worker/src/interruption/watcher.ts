import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'

const POLL_MS = 1000
const ANSWER_WITHIN_MS = 2000
const TOKEN_SECONDS = 21_600

const actionSchema = z.object({ action: z.string(), time: z.string() })

/** Asks the instance's metadata (IMDSv2) about once a second and tells each notice once, as epoch ms. */
export const watchInterruptions = async (
  metadataUrl: string,
  notice: (takenAt: number) => void,
  signal: AbortSignal,
): Promise<void> => {
  let token: string | undefined
  let told: number | undefined
  while (!signal.aborted) {
    try {
      token ??= await fetchToken(metadataUrl)
      const response = await fetch(`${metadataUrl}/latest/meta-data/spot/instance-action`, {
        headers: { 'X-aws-ec2-metadata-token': token },
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      })
      if (response.status === 401) token = undefined
      const text = await response.text()
      if (response.ok) {
        const takenAt = Date.parse(actionSchema.parse(JSON.parse(text)).time)
        if (!Number.isNaN(takenAt) && takenAt !== told) {
          notice(takenAt)
          told = takenAt
        }
      }
    } catch {
      // Metadata that cannot be reached says nothing; asked again in a second.
    }
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined)
  }
}

const fetchToken = async (metadataUrl: string): Promise<string> => {
  const response = await fetch(`${metadataUrl}/latest/api/token`, {
    method: 'PUT',
    headers: { 'X-aws-ec2-metadata-token-ttl-seconds': String(TOKEN_SECONDS) },
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  })
  if (!response.ok) throw new Error(`metadata token: ${response.status}`)
  return response.text()
}
