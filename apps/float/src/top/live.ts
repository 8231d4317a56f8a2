import { type Client, UnreachableError } from '@mmcloud/client'
import { hasEnded } from '@mmcloud/domain'
import { fetchFacts, type JobStory } from '@mmcloud/report/job-story'
import type { Context } from '../command.ts'
import type { Screen } from '../screen.ts'
import { addUsage, RECENT_MS } from './recent-usage.ts'
import { topView } from './top-view.ts'

/** Samples come as they are measured; all else is asked again so often. */
const FACTS_MS = 2000
const HELP = 'q or Ctrl-C ends'
const SILENT = 'the OpCenter does not answer; asking again'

/**
 * Shows a job on the whole screen until the person leaves or the job ends; answers what was known last. The screen is given
 * back whatever happens.
 */
export const watchJob = async (context: Context, id: string, screen: Screen): Promise<JobStory> => {
  const { world } = context
  const { client } = await context.connect()
  // Before the screen is taken: what is refused is told where the command stands.
  let story = await recentStory(client, id, world.now())
  let notice = HELP
  const open = screen.open()
  const over = new AbortController()
  const signal = AbortSignal.any([open.left, over.signal])
  const draw = (): void => {
    const { columns } = screen.size()
    open.draw(topView({ ...story, now: world.now() }, columns, world.colours, notice))
  }

  const followUsage = async (): Promise<void> => {
    const from = new Date(beginning(story, world.now())).toISOString()
    const broken = (): void => {
      notice = SILENT
      draw()
    }
    for await (const piece of client.followSamples(id, from, { signal, broken })) {
      story = { ...story, usage: addUsage(story.usage, piece) }
      notice = HELP
      draw()
    }
  }
  const followFacts = async (): Promise<void> => {
    while (!hasEnded(story.job.status)) {
      await world.sleep(FACTS_MS, signal)
      try {
        const facts = await fetchFacts(client, id, world.now(), signal)
        // Only now: samples may have come meanwhile.
        story = { ...story, ...facts }
        notice = HELP
      } catch (error) {
        if (!(error instanceof UnreachableError)) throw error
        notice = SILENT
      }
      draw()
    }
  }

  try {
    draw()
    open.onResize(draw)
    // The stream ends by itself when the job has, after its last samples.
    await Promise.all([followUsage(), followFacts()])
  } catch (error) {
    if (!open.left.aborted) throw error
  } finally {
    over.abort(new Error('over'))
    open.close()
  }
  return story
}

/** The job, and what it used in the last minutes. */
export const recentStory = async (client: Client, id: string, now: number): Promise<JobStory> => {
  const facts = await fetchFacts(client, id, now)
  const from = new Date(beginning(facts, now)).toISOString()
  return { ...facts, usage: await client.call('samples', { params: { id }, query: { from } }) }
}

/** Of the minutes that are shown: before now, or before the end. */
const beginning = ({ job }: Pick<JobStory, 'job'>, now: number): number =>
  (job.endTime ? Date.parse(job.endTime) : now) - RECENT_MS
