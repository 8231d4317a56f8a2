import { Product } from '@mmcloud/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** As in an image that names a user of its own. */
const SCRIPT = `#!/bin/sh
exec setpriv --reuid=65534 --regid=65534 --clear-groups sh -c 'id -u && ls / >/dev/null && cat /etc/resolv.conf >/dev/null && echo all readable'
`

let product: Product
beforeAll(async () => {
  product = await Product.start()
})
afterAll(() => product.destroy())

test('a program that is not root may read what every user of a system may', async () => {
  const job = await product.submit(SCRIPT, '-c', '1', '-m', '1')
  await product.status(job, ['Completed', 'FailToComplete'])
  expect(await product.log(job)).toBe('65534\nall readable\n')
})
