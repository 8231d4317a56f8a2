/** No script is larger; the OpCenter says so again. */
const MAX_BYTES = 1_048_576
const WITHIN_MS = 30_000

/** The text behind a URL. Throws in words for the person when it cannot be had, is too large or does not come in time. */
export const fetchText = async (url: string, headers: Readonly<Record<string, string>>): Promise<string> => {
  const response = await ask(url, headers)
  if (!response.ok) {
    await response.body?.cancel()
    throw new Error(`${url} answers ${response.status} ${response.statusText}`.trim())
  }
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of response.body ?? []) {
    bytes += piece.length
    if (bytes > MAX_BYTES) throw new Error(`${url} is larger than 1 MiB`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}

const ask = async (url: string, headers: Readonly<Record<string, string>>): Promise<Response> => {
  try {
    return await fetch(url, { headers, signal: AbortSignal.timeout(WITHIN_MS) })
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    throw new Error(`${url} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause: error,
    })
  }
}
