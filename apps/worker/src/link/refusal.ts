import type { RefusalCause } from '@mmcloud/contract'

/** A failure whose cause the OpCenter must know to do the right thing next. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly refusal: RefusalCause

  constructor(refusal: RefusalCause, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.refusal = refusal
  }
}

/** Awaits; a failure that has no cause of its own yet gets this one. */
export const orRefuse = async <T>(refusal: RefusalCause, work: Promise<T>): Promise<T> => {
  try {
    return await work
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(refusal, error)
  }
}
