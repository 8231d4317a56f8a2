import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SubmitBody } from '../rest/jobs.ts'
import { changesIn, overlay, requestOf } from './job-request.ts'
import { readSubmission } from './submission.ts'

const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,8}$/)
const size = fc.constantFrom('', '2', '2:4', 0, 3)
const request: fc.Arbitrary<SubmitBody> = fc.record({
  image: fc.constantFrom('python', 'quay.io/a/b:1'),
  name: fc.option(word),
  cpu: size,
  mem: size,
  instType: fc.constantFrom('', 'm5.large'),
  allowList: fc.constantFrom('', '[m5*]'),
  denyList: fc.constantFrom('', '[t3*,r5.large]'),
  jobContent: fc.constantFrom('', '#!/bin/sh\ntrue\n'),
  envs: fc
    .uniqueArray(fc.tuple(word, fc.string()), { selector: ([key]) => key })
    .map((pairs) => pairs.map(([key, value]) => `${key}=${value.replaceAll('\0', '')}`)),
  dataVolumes: fc.constantFrom(
    [],
    ['[size=10]:/data'],
    ['[size=1]:/a', '[size=2]:/b/'],
    ['[mode=r]s3://b/p:/in', '[endpoint=http://h:1,accesskey={secret:a},secret={secret:b}]s3://b:/out'],
  ),
  publish: fc.constantFrom([], ['80'], ['8888:80', '22']),
  customTags: fc.dictionary(word, word, { noNullPrototype: true }),
  vmPolicy: fc.constantFrom(
    '',
    '[onDemand=true]',
    '[spotOnly=true,retryLimit=0,retryInterval=5s,priceLimit=0.1]',
  ),
  migratePolicy: fc.constantFrom(
    '',
    '[enable=true,stepAuto=true]',
    '[mem.step=100,mem.limit=64,evadeOOM=false]',
  ),
  imageVolSize: fc.constantFrom('', 0, 20),
  timeLimit: fc.constantFrom('', '90s', '1h'),
  disableRerun: fc.boolean(),
  disableMigrate: fc.boolean(),
})

test('the request of a configuration makes that configuration', () => {
  fc.assert(
    fc.property(request, (body) => {
      const submission = readSubmission(body)
      expect(readSubmission(requestOf(submission))).toEqual(submission)
    }),
  )
})

test('who may reach the ports stays with them', () => {
  const submission = readSubmission({ image: 'a', publish: ['80'], allowFrom: ['10.0.0.0/8'] })
  expect(readSubmission(overlay(requestOf(submission), { publish: ['81'] })).allowFrom).toEqual([
    '10.0.0.0/8',
  ])
})

test('laying nothing over a request changes nothing', () => {
  fc.assert(
    fc.property(request, (body) => {
      const submission = readSubmission(body)
      expect(readSubmission(overlay(requestOf(submission), { image: '', envs: [], cpu: 0 }))).toEqual(
        submission,
      )
    }),
  )
})

const BASE: SubmitBody = {
  image: 'python',
  instType: 'm5.large',
  envs: ['A=1', 'B=2'],
  dataVolumes: ['[size=10]:/data'],
  publish: ['8888:80'],
  customTags: { a: '1' },
  migratePolicy: '[mem.disable=false,mem.step=100]',
}

test('variables, volumes, ports and tags are replaced one by one', () => {
  const merged = overlay(BASE, {
    envs: ['B=3', 'C=4'],
    dataVolumes: ['[size=20]:/data/', '[size=1]:/more'],
    publish: ['8888:81', '22'],
    customTags: { b: '2' },
  })
  expect(merged).toMatchObject({
    instType: 'm5.large',
    envs: ['A=1', 'B=3', 'C=4'],
    dataVolumes: ['[size=20]:/data/', '[size=1]:/more'],
    publish: ['8888:81', '22'],
    customTags: { a: '1', b: '2' },
  })
})

test('of the policy for the size only the keys given change', () => {
  const { migratePolicy } = readSubmission(overlay(BASE, { migratePolicy: '[mem.upperBoundRatio=70]' }))
  expect(migratePolicy.mem).toMatchObject({ disable: false, step: 100, upperBoundRatio: 70 })
})

test('a size without a type frees the type', () => {
  expect(overlay(BASE, { cpu: '4' })).not.toHaveProperty('instType')
  expect(overlay(BASE, { cpu: '4', instType: 'm5.xlarge' }).instType).toBe('m5.xlarge')
})

test('what is told of changes holds no value of a variable and no key of a volume', () => {
  const over = { cpu: 4, envs: ['PASSWORD=hush'], dataVolumes: ['[secret=hush]s3://b:/mnt'], name: '' }
  expect(changesIn({ ...over, customTags: { a: 'b' }, jobContent: 'x' })).toBe(
    'cpu 4, env PASSWORD, volume /mnt, tag a, script',
  )
})
