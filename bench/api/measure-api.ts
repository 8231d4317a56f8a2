import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Product } from '@mmcloud/testkit'
import type { Figure } from '../figures.ts'
import { downloadFloat } from '../float-file.ts'
import { median, percentile } from '../statistics.ts'
import { type Answered, type Ask, openRequests } from './requests.ts'

const JOBS = 10_000
const CONNECTIONS = 8
const LISTS = 100
const STARTS = 10

/** What waits for ever: no spot instance costs so little, so that nothing but the API and its records is measured. */
const WAITING = {
  image: 'python',
  jobContent: '#!/bin/sh\ntrue\n',
  cpu: 1,
  mem: 1,
  vmPolicy: '[spotOnly=true,priceLimit=0.0000001,retryInterval=3600s]',
}

/** How fast jobs are taken in and listed, and the command line starts. The OpCenter looks after all of them meanwhile. */
export const measureApi = async (
  product: Product,
  say: (line: string) => void,
): Promise<readonly Figure[]> => {
  using ask = await openRequests(product, CONNECTIONS)
  say(`${JOBS} submits …`)
  const began = performance.now()
  const submits = await submitAll(ask)
  const perSecond = JOBS / ((performance.now() - began) / 1000)
  say(`lists of ${JOBS} jobs …`)
  const paged = await lists(ask, '/api/v1/jobSummaries?limit=100')
  const filtered = await lists(
    ask,
    '/api/v1/jobSummaries?limit=100&filter=status%3DSubmitted&filter=user%3Dadmin',
  )
  say('starts of the command line …')
  const starts = await cliStarts(product)
  return [
    {
      name: 'submits a second, each durable when answered',
      value: perSecond.toFixed(0),
      goal: '200',
      met: perSecond >= 200,
    },
    { name: `… one submit of ${CONNECTIONS} at a time, median; p95`, value: milliseconds(times(submits)) },
    listFigure(`a page of 100 of ${JOBS} jobs that wait, median; p95`, paged),
    listFigure('… filtered by status and user', filtered),
    ...starts.map(({ name, ms }) => ({
      name: `\`${name}\`, median of ${STARTS}`,
      value: `${median(ms).toFixed(0)} ms`,
      ...(name === 'float --version' ? { goal: '60 ms', met: median(ms) <= 60 } : {}),
    })),
  ]
}

const submitAll = async (ask: Ask): Promise<readonly Answered[]> => {
  const answers: Answered[] = []
  const submitSome = async (): Promise<void> => {
    for (let at = answers.push({ status: 0, ms: 0 }); at <= JOBS; at = answers.push({ status: 0, ms: 0 }))
      answers[at - 1] = await must(ask('POST', '/api/v1/jobs', WAITING), 201)
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, submitSome))
  return answers.slice(0, JOBS)
}

const lists = async (ask: Ask, path: string): Promise<readonly Answered[]> => {
  const answers: Answered[] = []
  for (let at = 0; at < LISTS; at += 1) answers.push(await must(ask('GET', path), 200))
  return answers
}

const must = async (asked: Promise<Answered>, status: number): Promise<Answered> => {
  const answered = await asked
  if (answered.status !== status) throw new Error(`answered ${answered.status}, not ${status}`)
  return answered
}

/** `float` as one file, as the OpCenter hands it out, beside a command line that everybody knows. */
const cliStarts = async (product: Product): Promise<{ name: string; ms: readonly number[] }[]> => {
  const file = join(product.dataDir, 'float-one-file')
  await downloadFloat(product, file)
  const login = ['-a', product.address, '-u', 'admin', '-p', product.password]
  const commands = [
    { name: 'float --version', program: file, args: ['--version'] },
    { name: 'float list -n 20', program: file, args: ['list', '-n', '20', ...login] },
    { name: 'kubectl version --client', program: 'kubectl', args: ['version', '--client'] },
    { name: 'git --version', program: 'git', args: ['--version'] },
  ]
  const env = { ...process.env, HOME: join(product.dataDir, 'home') }
  const measured = []
  for (const { name, program, args } of commands) {
    const ms: number[] = []
    // One more, which fills the caches.
    for (let at = 0; at <= STARTS; at += 1) {
      const began = performance.now()
      const done = await promisify(execFile)(program, args, { env }).catch(() => undefined)
      if (done && at > 0) ms.push(performance.now() - began)
    }
    if (ms.length > 0) measured.push({ name, ms })
  }
  return measured
}

const listFigure = (name: string, answers: readonly Answered[]): Figure => ({
  name,
  value: milliseconds(times(answers)),
  goal: 'p95 50 ms',
  met: percentile(times(answers), 95) <= 50,
})

const times = (answers: readonly Answered[]): readonly number[] => answers.map(({ ms }) => ms)
const milliseconds = (values: readonly number[]): string =>
  `${median(values).toFixed(1)} ms; ${percentile(values, 95).toFixed(1)} ms`
