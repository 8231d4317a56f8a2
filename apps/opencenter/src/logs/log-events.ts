import { type JobEvent, type JobId, reasonSentence } from '@mmcloud/domain'
import type { Log, Records } from '@mmcloud/engine'

/** The records, telling the log of every event of a job once it is durable: the OpCenter's log is then its story. */
export const logEvents = (records: Records, log: Log): Records => ({
  read: (work) => records.read(work),
  close: () => records.close(),
  write: async (work) => {
    const told: { job: JobId; event: Omit<JobEvent, 'seq'> }[] = []
    const result = await records.write((tx) =>
      work({
        ...tx,
        addEvent: async (job, event) => {
          await tx.addEvent(job, event)
          told.push({ job, event })
        },
      }),
    )
    for (const { job, event } of told) {
      const { to, reason, numbers } = event
      log.info({ job, status: to, reason, numbers }, reasonSentence(reason, numbers))
    }
    return result
  },
})
