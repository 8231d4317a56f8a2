import { saveBy } from '@mmcloud/domain'
import { jobMemoryInUse } from '../container/cgroup.ts'

/** The end of this instance once it is known, and by when its job is saved, whoever is there to hear of it. */
export class Interruption {
  readonly #save: (takenAt: number) => void
  #takenAt: number | undefined
  #timer: NodeJS.Timeout | undefined
  /** When the program is saved, asked or not (epoch ms); absent while no end is known. */
  saveBy: number | undefined

  /** `save` is called when it is time. */
  constructor(save: (takenAt: number) => void) {
    this.#save = save
  }

  /**
   * The instance will be taken at that instant. With an OpCenter that prepares another one, the program works on until it
   * is asked for, or time runs short; without, it is saved now.
   */
  known(takenAt: number, openCenterHears: boolean): void {
    this.#takenAt = takenAt
    const now = Date.now()
    this.saveBy = openCenterHears ? saveBy(now, takenAt, jobMemoryInUse()) : now
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#save(takenAt), this.saveBy - now)
  }

  /** A program has begun: what it holds decides how long saving it takes. */
  reckonAnew(): void {
    if (this.#takenAt !== undefined) this.known(this.#takenAt, true)
  }
}
