import { oomKills } from '../container/cgroup.ts'

/** runc removes the control group with its count some ten milliseconds after the end of the program. */
const ASK_MS = 20

/** How often the kernel killed in the job's control group for want of memory, as last seen while the group was there. */
export class MemoryKills {
  count = 0
  readonly #timer = setInterval(() => (this.count = Math.max(this.count, oomKills())), ASK_MS)

  stop(): void {
    clearInterval(this.#timer)
  }
}
