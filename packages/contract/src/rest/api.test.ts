import { expect, test } from 'vitest'
import { z } from 'zod'
import { REST_API } from './api.ts'
import type { Endpoint } from './endpoint.ts'

const endpoints: [string, Endpoint][] = Object.entries(REST_API)

test.each(endpoints)(
  '%s has a parameter for every hole in its path, and can be written as OpenAPI',
  (_, endpoint) => {
    const holes = [...endpoint.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
    expect(Object.keys(endpoint.params?.shape ?? {})).toEqual(holes)
    for (const schema of [endpoint.params, endpoint.query, endpoint.body, endpoint.response]) {
      if (typeof schema === 'object') expect(() => z.toJSONSchema(schema)).not.toThrow()
    }
  },
)

test('no two calls share method and path', () => {
  const keys = endpoints.map(([, { method, path }]) => `${method} ${path}`)
  expect(new Set(keys).size).toBe(keys.length)
})

test('only what a stranger may know is open', () => {
  expect(endpoints.filter(([, { auth }]) => auth === 'none').map(([name]) => name)).toEqual(['version'])
})
