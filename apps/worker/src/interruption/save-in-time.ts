/** A failed dump costs the program a pause each time: tries grow apart, and there are some even in a short notice. */
const PAUSE_MS = { first: 500, most: 8000 }

export type SaveInTime = {
  /** When the instance is taken (epoch ms). */
  readonly takenAt: number
  /** Saves what runs; resolves when it is saved or nothing runs. */
  readonly save: (number: number) => Promise<void>
  readonly failed: (error: unknown) => void
  readonly now: () => number
  readonly pause: (ms: number) => Promise<void>
}

/** Saves the program before its instance is taken, trying again as long as there is time; it runs on in between. */
export const saveInTime = async ({ takenAt, save, failed, now, pause }: SaveInTime): Promise<void> => {
  for (let number = 1; ; number += 1) {
    try {
      await save(number)
      return
    } catch (error) {
      failed(error)
    }
    const pauseMs = Math.min(PAUSE_MS.first * 2 ** (number - 1), PAUSE_MS.most)
    if (now() + pauseMs >= takenAt) return
    await pause(pauseMs)
  }
}
