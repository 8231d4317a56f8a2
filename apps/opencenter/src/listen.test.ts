import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { refuseTaken } from './listen.ts'

test('an address that another program has is refused in words; one that is free is left free', async () => {
  const other = createServer()
  await once(other.listen(0, '127.0.0.1'), 'listening')
  const { port } = other.address() as AddressInfo
  await expect(refuseTaken({ host: '127.0.0.1', port })).rejects.toThrow(
    `Cannot listen on 127.0.0.1:${port}: another program listens there`,
  )
  await new Promise((resolve) => other.close(resolve))
  await refuseTaken({ host: '127.0.0.1', port })
  await refuseTaken({ host: '127.0.0.1', port })
})
