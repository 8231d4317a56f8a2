import { fetchStory } from '@mmcloud/report/job-story'
import { renderPage } from '@mmcloud/report/page/page'
import { type Command, FORCE_FLAG, JOB_FLAG } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { FLOAT_VERSION } from '../float-version.ts'
import { type Plain, renderYaml } from '../render/yaml.ts'
import { reportSummary } from '../report/summary.ts'
import { checkReportPath, writeReport } from '../report/write-report.ts'
import { jobId } from './job-id.ts'

/** Works for a job that runs, too: up to now. */
export const report: Command = {
  name: 'report',
  aliases: [],
  summary: 'Tell the whole story of a job, as text or as a page with graphs',
  usage: 'report -j ID [--html FILE]',
  flags: [
    JOB_FLAG,
    { long: 'html', value: 'FILE', summary: 'write one page that needs nothing else, to look at or to send' },
    { ...FORCE_FLAG, summary: 'write over a file that is not a report' },
  ],
  examples: [
    'float report -j ID',
    'float report -j ID --html report.html',
    'float report -j ID -F json > report.json',
  ],
  run: async (context) => {
    const { args, world, format } = context
    const id = jobId(context)
    const path = args.value('html')
    if (path !== undefined) checkReportPath(path, args.isSet('force'))
    const { client } = await context.connect()
    const story = await fetchStory(client, id, world.now())
    if (path !== undefined) writeReport(path, renderPage(story, `float ${FLOAT_VERSION}`))
    if (format === 'json') world.out(`${JSON.stringify(story, null, 2)}\n`)
    else if (format === 'yaml') world.out(renderYaml(story as unknown as { readonly [key: string]: Plain }))
    else world.out(path === undefined ? reportSummary(story) : `Report written to ${path}\n`)
    return EXIT.ok
  },
}
