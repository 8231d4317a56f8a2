/** How bytes reach an OpCenter. The real one is `httpsTransport`; tests bring their own. */
export type Transport = (request: TransportRequest) => Promise<TransportResponse>

export type TransportRequest = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Path and query, `/api/v1/…`. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** The answer is wanted as it comes, as `stream`, if it is a good one. */
  readonly streamed?: boolean
  readonly signal?: AbortSignal
}

export type TransportResponse = {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** Pieces as they come, to be read at once; throws `UnreachableError` when the connection breaks. */
  readonly stream?: AsyncIterable<Uint8Array>
}

/** Nobody answered there. Asking again may help: the OpCenter may be restarting, or the caller's instance moving. */
export class UnreachableError extends Error {
  override readonly name: string = 'UnreachableError'
}

/** The connection broke after something was sent: whether it arrived is not known. */
export class BrokenOffError extends UnreachableError {
  override readonly name = 'BrokenOffError'
}
