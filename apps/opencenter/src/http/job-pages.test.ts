import type { JobId } from '@mmcloud/domain'
import { beforeEach, describe, expect, test } from 'vitest'
import { aSample } from '../wavewatcher/test-sample.ts'
import { aJob, basic, openTestApi } from './test-api.ts'

const ID = 's'.repeat(21) as JobId

let api: Awaited<ReturnType<typeof openTestApi>>
const open = (path: string, authorization: string | undefined = basic('admin', 'right')) =>
  api.app.inject({ url: path, headers: authorization === '' ? {} : { authorization } })

beforeEach(async () => {
  api = await openTestApi()
  const start = api.time.now - 60_000
  await api.records.write((tx) =>
    tx.insertJob(aJob(ID, { status: 'Executing', startedAt: start, submittedAt: start })),
  )
  void api.samples.add(ID, [
    aSample(start + 1000, { cpuPercent: 50 }),
    aSample(start + 2000, { cpuPercent: 60 }),
  ])
})

const said = (text: string): Promise<unknown> =>
  api.logs.append(ID, 'stdout.autosave', 0, Buffer.from(text), false)

describe('in a browser', () => {
  test('a job is shown with its graphs, anew while it lives, under a policy of its own', async () => {
    const { statusCode, headers, body } = await open(`/jobs/${ID}`)
    expect(statusCode).toBe(200)
    expect(headers['refresh']).toBe('30')
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'.*frame-ancestors 'none'$/)
    expect(body).toContain('<section id="wavewatcher">')
    expect(body).toContain(`<a href="/jobs/${ID}/logs">Logs</a>`)
    expect(body).toContain('Made by OpCenter 1.2.3')
  })

  test('its WaveWatcher is a place on that page', async () => {
    const { statusCode, headers } = await open(`/jobs/${ID}/wavewatcher`)
    expect([statusCode, headers['location']]).toEqual([302, `/jobs/${ID}#wavewatcher`])
  })

  test('what it has said is text, whatever it is, and as a terminal leaves it', async () => {
    await said('<script>alert(1)</script>\n\u001B[31mred\u001B[0m\n10 %\r20 %\r\n')
    const { headers, body } = await open(`/jobs/${ID}/logs`)
    expect(headers['refresh']).toBe('5')
    expect(body).toContain('&lt;script&gt;alert(1)&lt;/script&gt;\nred\n20 %\n</code></pre>')
    expect(body).toContain(`href="/jobs/${ID}/logs/stdout.autosave"`)
  })

  test('a long log is shown by its end and handed out whole, as plain text', async () => {
    const lines = Array.from({ length: 200_000 }, (_, n) => `line ${n}`).join('\n')
    await said(lines)
    const { body } = await open(`/jobs/${ID}/logs`)
    expect(body).toContain('line 199999')
    expect(body).not.toContain('line 100000\n')
    const whole = await open(`/jobs/${ID}/logs/stdout.autosave`)
    expect(whole.headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(whole.headers['x-content-type-options']).toBe('nosniff')
    expect(whole.body).toBe(lines)
  })

  test('a job that has ended is shown once', async () => {
    const ended = aJob('e'.repeat(21), { status: 'Completed', endedAt: api.time.now, exitCode: 0 })
    await api.records.write((tx) => tx.insertJob(ended))
    expect((await open(`/jobs/${ended.id}`)).headers['refresh']).toBeUndefined()
    expect((await open(`/jobs/${ended.id}/logs`)).body).toContain('It has said nothing yet')
  })
})

describe('who may not see it', () => {
  test.each(['', basic('admin', 'wrong'), 'Bearer nonsense'])('%s is asked for a password', async (who) => {
    const { statusCode, headers, body } = await open(`/jobs/${ID}`, who)
    expect(statusCode).toBe(401)
    expect(headers['www-authenticate']).toMatch(/^Basic realm=/)
    expect(body).not.toContain('wavewatcher')
  })

  test('another user sees as little as by the API', async () => {
    await api.addUser('eve', 'right')
    for (const path of ['', '/logs', '/logs/stdout.autosave']) {
      const { statusCode, body } = await open(`/jobs/${ID}${path}`, basic('eve', 'right'))
      const asked = await api.app.inject({
        url: `/api/v1/jobs/${ID}${path}`,
        headers: { authorization: basic('eve', 'right') },
      })
      expect(statusCode).toBe(asked.statusCode)
      expect(statusCode).toBeGreaterThanOrEqual(400)
      expect(body).toContain('<!doctype html>')
    }
  })

  test('no password is asked for where a browser would send it by itself to what changes things', async () => {
    const { statusCode, headers } = await open('/api/v1/jobSummaries', '')
    expect([statusCode, headers['www-authenticate']]).toEqual([401, undefined])
  })

  test('a job or a file that is not there is told in words', async () => {
    expect((await open(`/jobs/${'n'.repeat(21)}`)).statusCode).toBe(404)
    expect((await open(`/jobs/${ID}/logs/nothing`)).body).toContain('not found')
    expect((await open(`/jobs/${ID}/logs/..%2F..%2Fsecret-key`)).statusCode).toBe(400)
  })
})
