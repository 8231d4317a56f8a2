import { expect, test } from 'vitest'
import { readConfig } from './config.ts'
import { settingsOf } from './settings.ts'

const PORTS = { first: 20_000, last: 20_049 }
const settings = (environment: Readonly<Record<string, string>>) =>
  settingsOf(readConfig({ dataDir: '/data', listen: '127.0.0.1:8443' }, environment), PORTS)
const valueOf = (name: string, environment: Readonly<Record<string, string>> = {}) =>
  settings(environment).find((setting) => setting.name === name)?.value

test.each([
  ['OPCENTER_WORKER_PORT', '7444', 'workerPort', '7443'],
  ['OPCENTER_LOG_LEVEL', 'debug', 'logLevel', 'info'],
  ['OPCENTER_LOCAL_NOTICE', '30', 'local.noticeSeconds', '120'],
  ['OPCENTER_LOCAL_MEAN_RECLAIM', '600', 'local.meanReclaimSeconds', 'never'],
  ['OPCENTER_LOCAL_SPOT_CAPACITY', '3', 'local.spotCapacity', 'no limit'],
])('%s=%s is shown as %s, %s without it', (variable, value, name, before) => {
  expect([valueOf(name), valueOf(name, { [variable]: value })]).toEqual([before, value])
  expect(settings({}).find((setting) => setting.name === name)?.setBy).toBe(variable)
})

test('the first password is not among them', () => {
  expect(JSON.stringify(settings({ OPCENTER_ADMIN_PASSWORD: 'correct horse' }))).not.toContain('horse')
})
