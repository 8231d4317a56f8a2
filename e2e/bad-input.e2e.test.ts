import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Product } from '@mmcloud/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let product: Product
let script: string
let folder: string
beforeAll(async () => {
  product = await Product.start()
  folder = await mkdtemp(join(tmpdir(), 'mmcloud-bad-input-'))
  script = join(folder, 'job.sh')
  await writeFile(script, '#!/bin/sh\necho hello\nexit ${CODE:-0}\n')
}, 120_000)
afterAll(async () => {
  await product.destroy()
  await rm(folder, { recursive: true })
}, 120_000)

const NO_JOB = 'a'.repeat(21)

describe('bad input is refused at once, in a sentence, and loses nothing', () => {
  test.each([
    [
      'a script that is not there',
      ['submit', '-i', 'python', '-j', '/no/such.sh'],
      /open \/no\/such\.sh: no such file or directory/,
    ],
    [
      'an image nobody has',
      ['submit', '-i', 'no-such-image-anywhere', '-j', 'SCRIPT'],
      /no-such-image-anywhere/,
    ],
    [
      'a size no type has',
      ['submit', '-i', 'python', '-j', 'SCRIPT', '-c', '3:3', '-m', '1:1'],
      /no instance type fits/,
    ],
    ['a type nobody has', ['submit', '-i', 'python', '-j', 'SCRIPT', '-t', 'z9.huge'], /z9\.huge/],
    ['an unknown flag', ['submit', '-i', 'python', '-j', 'SCRIPT', '--wrong'], /--wrong/],
    ['a flag of a later release', ['submit', '-i', 'python', '-j', 'SCRIPT', '--gateway', 'auto'], /gateway/],
    [
      'a policy with an unknown key',
      ['submit', '-i', 'python', '-j', 'SCRIPT', '--vmPolicy', '[spotfist=true]'],
      /spotfist/,
    ],
    ['a bad time limit', ['submit', '-i', 'python', '-j', 'SCRIPT', '--timeLimit', 'soon'], /timeLimit/],
    [
      'a bad data volume',
      ['submit', '-i', 'python', '-j', 'SCRIPT', '--dataVolume', '[size=x]:/data'],
      /size/,
    ],
    ['a job id that is none', ['show', '-j', 'nonsense'], /Resource not found.*code: 1002/],
    ['a job that is not there', ['cancel', '-f', '-j', NO_JOB], /Resource not found.*code: 1002/],
    [
      'a log of a job that is not there',
      ['log', 'cat', '-j', NO_JOB, 'stdout.autosave'],
      /Resource not found/,
    ],
  ])('%s', async (_name, args, sentence) => {
    const ran = await product.tryFloat(...args.map((arg) => (arg === 'SCRIPT' ? script : arg)))
    expect(ran.code).not.toBe(0)
    expect(ran.stderr).toMatch(sentence)
    expect(ran.stderr).toMatch(/^Error: /)
    expect(JSON.parse(await product.float('list', '-F', 'json'))).toEqual([])
  })

  test('a wrong password, and no session', async () => {
    const wrong = await product.tryFloat('list', '-a', product.address, '-u', 'admin', '-p', 'wrong')
    expect(wrong.code).not.toBe(0)
    expect(wrong.stderr).toMatch(/^Error: /)
    await product.float('logout')
    const none = await product.tryFloat('list')
    expect(none.code).not.toBe(0)
    expect(none.stderr).toMatch(/login/)
    await product.float('login', '-a', product.address, '-u', 'admin', '-p', product.password)
  })
})

describe('jobs that end badly say how', () => {
  test('a non-zero exit is kept', { timeout: 120_000 }, async () => {
    const ran = await product.float(
      'submit',
      '-i',
      'python',
      '-j',
      script,
      '-e',
      'CODE=7',
      '-c',
      '1',
      '-m',
      '1',
      '-F',
      'json',
    )
    const { id } = JSON.parse(ran) as { id: string }
    expect((await product.status(id, ['FailToComplete'])).rc).toBe('7')
    expect(await product.log(id)).toBe('hello\n')
  })

  test('a time limit ends the whole tree', { timeout: 120_000 }, async () => {
    const id = await product.submit(
      '#!/bin/sh\nsetsid sleep 1000 &\nsleep 1000\n',
      '-c',
      '1',
      '-m',
      '1',
      '--timeLimit',
      '2s',
    )
    await product.status(id, ['Timedout'])
  })

  test('cancel is asynchronous, final and harmless when repeated', { timeout: 120_000 }, async () => {
    const id = await product.submit('#!/bin/sh\nsleep 1000\n', '-c', '1', '-m', '1')
    await product.status(id, ['Executing'])
    await product.float('cancel', '-f', '-j', id)
    await product.status(id, ['Cancelled'])
    await product.float('cancel', '-f', '-j', id)
    const hosts = JSON.parse(await product.float('hosts', '-F', 'json')) as unknown[]
    expect(hosts.length).toBeLessThanOrEqual(1)
  })

  test('two moves at once: the second is refused in words', { timeout: 120_000 }, async () => {
    const id = await product.submit('#!/bin/sh\nsleep 1000\n', '-c', '1', '-m', '1')
    await product.status(id, ['Executing'])
    const [first, second] = await Promise.all([
      // To different places: the same wish asked for twice at once may be taken for one.
      product.tryFloat('migrate', '-f', '-j', id, '-m', '2'),
      product.tryFloat('migrate', '-f', '-j', id, '-m', '4'),
    ])
    const refused = [first, second].filter((ran) => ran.code !== 0)
    expect(refused.length).toBe(1)
    expect(refused[0]?.stderr).toMatch(/cannot migrate/)
    await product.float('cancel', '-f', '-j', id)
    await product.status(id, ['Cancelled'])
  })
})
