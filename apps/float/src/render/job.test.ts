import { jobSchema } from '@mmcloud/contract/rest/jobs'
import { expect, test } from 'vitest'
import { aJob, JOB_ID } from '../fake-world.ts'
import { renderJob } from './job.ts'

const EVENTS = ['05:30:00 could not be saved: id: 7, status: bad, rc: 3, exit_public: x']

test('yaml, line for line', () => {
  expect(renderJob(aJob({ rc: '0' }), EVENTS, undefined)).toBe(`id: ${JOB_ID}
name: python-abc123-m5.large
workingHost: 10.213.0.10 (2Core8GB/Spot)
user: admin
imageID: python:latest
status: Executing
submitTime: "2026-11-23T05:30:00Z"
category: running
startTime: "2026-11-23T05:30:02Z"
lastUpdate: "2026-11-23T05:31:00Z"
duration: 1h5m49s
queueTime: 2s
execTime: 1h5m47s
cost: 0.0321 USD
coreHours: 2.2
instanceType: m5.large
cpu: 2
memGB: 4
memGBMax: 8
attempt: 1
checkpoints: 0
stdout: stdout.autosave
stderr: stderr.autosave
rc: "0"
publicIP: 10.213.0.10
portMappings:
    - 8888:8888 -> 10.213.0.10:8888
vmPolicy:
    policy: spotFirst
    retryLimit: 3
    retryInterval: 10m0s
migratePolicy:
    evadeOOM: false
    stepAuto: false
    cpu:
        disable: true
        upperBoundRatio: 90
        upperBoundDuration: 30s
        lowerBoundRatio: 5
        lowerBoundDuration: 5m0s
        step: 50
    mem:
        disable: true
        upperBoundRatio: 90
        upperBoundDuration: 30s
        lowerBoundRatio: 5
        lowerBoundDuration: 5m0s
        step: 50
inputArgs: "--image python --cpu 2 --mem 4:8 --env 'NOTE=status: fine'"
events:
    - "05:30:00 could not be saved: id = 7, status = bad, rc = 3, exit_outer: x"
customTags:
    day: 2026-11-23
    runid: x
    wave: 007
`)
})

test('what existing scripts grep is found once, and is the right line', () => {
  const lines = renderJob(aJob({ customTags: {} }), EVENTS, undefined).split('\n')
  expect(lines.filter((line) => line.includes('id:'))).toEqual([`id: ${JOB_ID}`])
  expect(lines.find((line) => line.includes('status:'))).toBe('status: Executing')
  expect(lines.filter((line) => line.includes('public'))).toEqual(['publicIP: 10.213.0.10'])
  expect(lines.filter((line) => line.includes('rc:'))).toEqual([])
  const mapping = lines[lines.indexOf('portMappings:') + 1] ?? ''
  expect(mapping.trim().split(/\s+/)[3]).toBe('10.213.0.10:8888')
})

test('before it runs there is no mapping, no address and no rc', () => {
  const text = renderJob(aJob({ publicIP: '', workingHost: '', portMappings: [] }), undefined, 'yaml')
  expect(text).toContain('\npublicIP:\n')
  expect(text).toContain('\nworkingHost: ""\n')
  expect(text).not.toContain('portMappings')
  expect(text).not.toContain('rc:')
})

test('json holds the same names', () => {
  const read = JSON.parse(renderJob(aJob({ rc: '7' }), ['x'], 'json')) as Record<string, unknown>
  expect(read).toMatchObject({
    id: JOB_ID,
    status: 'Executing',
    rc: '7',
    customTags: { wave: '007' },
    events: ['x'],
  })
})

test('the job these tests print is one the API may answer', () => {
  expect(jobSchema.strict().parse(aJob({ rc: '0' }))).toEqual(aJob({ rc: '0' }))
})
