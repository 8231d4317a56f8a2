import type { ContainerSpec } from '@mmcloud/contract'
import { expect, test } from 'vitest'
import { fillIn } from './fill-in.ts'

const aSpec = (env: Record<string, string>): ContainerSpec => ({
  name: 'n',
  user: 'ada',
  image: { source: 's', digest: 'd' },
  env,
  publish: [],
})

test('each secret is asked for once, and what was given stays as it was', async () => {
  const spec = aSpec({ URL: 'u:{secret:a}@{secret:b}', AGAIN: '{secret:a}', PLAIN: 'x' })
  const asked: string[] = []
  const filled = await fillIn(spec, async (name) => {
    asked.push(name)
    return `<${name}>`
  })
  expect(asked).toEqual(['a', 'b'])
  expect(filled).toEqual({ ...spec, env: { URL: 'u:<a>@<b>', AGAIN: '<a>', PLAIN: 'x' } })
  expect(spec.env['AGAIN']).toBe('{secret:a}')
})

test('without a reference nobody is asked', async () => {
  const spec = aSpec({ PLAIN: 'x' })
  expect(await fillIn(spec, () => Promise.reject(new Error('asked')))).toBe(spec)
})
