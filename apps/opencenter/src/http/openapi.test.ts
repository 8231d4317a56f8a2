import { ROUTES } from '@mmcloud/contract'
import { expect, test } from 'vitest'
import { VERSION } from '../version.ts'
import { openTestApi } from './test-api.ts'

/** After a change of the API: `npx vitest run --project unit openapi --update` writes the file anew. */
test('docs/openapi.json describes the API as it is', async () => {
  const { call } = await openTestApi()
  const { body } = await call('GET', '/api/v1/openapi.json')
  const document = { ...body, info: { ...(body['info'] as object), version: VERSION } }
  await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot('../../../../docs/openapi.json')
})

test('every call is in it once, under its own name', async () => {
  const { call } = await openTestApi()
  const { body } = await call('GET', '/api/v1/openapi.json')
  const operations = Object.values(body['paths'] as Record<string, Record<string, { operationId: string }>>)
    .flatMap((path) => Object.values(path))
    .map(({ operationId }) => operationId)
  expect(operations.toSorted()).toEqual(Object.keys(ROUTES).toSorted())
})
