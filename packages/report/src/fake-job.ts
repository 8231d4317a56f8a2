import type { JobView } from '@mmcloud/contract'

export const JOB_ID = 'abcdefghij0123456789k'

/** A running job. */
export const aJob = (changes: Partial<JobView> = {}): JobView => ({
  id: JOB_ID,
  name: 'python-abc123-m5.large',
  workingHost: '10.213.0.10 (2Core8GB/Spot)',
  user: 'admin',
  imageID: 'python:latest',
  status: 'Executing',
  submitTime: '2026-11-23T05:30:00Z',
  category: 'running',
  startTime: '2026-11-23T05:30:02Z',
  lastUpdate: '2026-11-23T05:31:00Z',
  duration: '1h5m49s',
  queueTime: '2s',
  execTime: '1h5m47s',
  cost: '0.0321 USD',
  coreHours: 2.2,
  instanceType: 'm5.large',
  cpu: 2,
  memGB: 4,
  memGBMax: 8,
  attempt: 1,
  checkpoints: 0,
  publicIP: '10.213.0.10',
  portMappings: ['8888:8888 -> 10.213.0.10:8888'],
  gatewayMappings: [],
  stdout: 'stdout.autosave',
  stderr: 'stderr.autosave',
  vmPolicy: { policy: 'spotFirst', retryLimit: 3, retryInterval: '10m0s' },
  migratePolicy: {
    evadeOOM: false,
    stepAuto: false,
    cpu: aDimension(),
    mem: aDimension(),
  },
  inputArgs: "--image python --cpu 2 --mem 4:8 --env 'NOTE=status: fine'",
  customTags: { wave: '007', day: '2026-11-23', runid: 'x' },
  ...changes,
})

function aDimension() {
  return {
    disable: true,
    upperBoundRatio: 90,
    upperBoundDuration: '30s',
    lowerBoundRatio: 5,
    lowerBoundDuration: '5m0s',
    step: 50,
  }
}
