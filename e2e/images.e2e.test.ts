import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Product } from '@mmcloud/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const LAYOUT = join(process.env['MMCLOUD_CACHE'] ?? '/var/cache/mmcloud', 'images/python')
const PROGRAM = '#!/usr/bin/env python3\nimport numpy\nprint("numpy", numpy.arange(5).sum())\n'

let product: Product
beforeAll(async () => {
  product = await Product.start()
}, 120_000)
afterAll(() => product.destroy(), 120_000)

const submit = async (image: string): Promise<string> => {
  const script = join(product.dataDir, 'program.py')
  await writeFile(script, PROGRAM)
  const answer = await product.float('submit', '-i', image, '-j', script, '-c', '1', '-m', '1', '-F', 'json')
  return (JSON.parse(answer) as { id: string }).id
}

describe('an image of this machine', () => {
  test('runs from an OCI layout', async () => {
    const job = await submit(`oci:${LAYOUT}`)
    await product.status(job, ['Completed'])
    expect(await product.log(job)).toBe('numpy 10\n')
  })

  test('runs from an OCI archive', async () => {
    const archive = join(product.dataDir, 'python.tar')
    await promisify(execFile)('tar', ['-C', LAYOUT, '-cf', archive, '.'])
    const job = await submit(`oci-archive:${archive}`)
    await product.status(job, ['Completed'])
    expect(await product.log(job)).toBe('numpy 10\n')
  })

  test('added to the library it runs by its name, until it is taken out', async () => {
    await product.float('image', 'add', 'mine', `oci:${LAYOUT}`, '--tag', '1')
    const job = await submit('mine:1')
    await product.status(job, ['Completed'])
    expect(await product.log(job)).toBe('numpy 10\n')
    await product.float('image', 'delete', 'mine')
    await expect(submit('mine:1')).rejects.toThrow('in the library ("float image list")')
  })

  test.each([
    ['oci:/nowhere', /no such file/],
    ['oci:/etc', /not a whole OCI layout/],
    ['oci-archive:/etc/hostname', /not an archive/],
    ['docker-archive:/tmp/x.tar', /named as oci:\/PATH/],
  ])('%s is refused at submit', async (image, words) => {
    const ran = await product.tryFloat('submit', '-i', image, '-j', '/etc/hostname', '-c', '1', '-m', '1')
    expect(ran.stderr).toMatch(words)
    expect(ran.code).toBe(1)
  })
})
