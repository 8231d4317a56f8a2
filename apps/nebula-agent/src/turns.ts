import pLimit, { type LimitFunction } from 'p-limit'

/** An image's registry may let its submits wait for 20 s each: they must not take the places of all others. */
const OF_ONE_IMAGE = 4

/** Submits one after the other, a few of each image at once. */
export class Turns {
  readonly #byImage = new Map<string, LimitFunction>()

  /** Does the work when it is its turn. */
  async take<T>(image: string, work: () => Promise<T>): Promise<T> {
    const limit = this.#byImage.get(image) ?? pLimit(OF_ONE_IMAGE)
    this.#byImage.set(image, limit)
    try {
      return await limit(work)
    } finally {
      if (limit.activeCount + limit.pendingCount === 0) this.#byImage.delete(image)
    }
  }
}
