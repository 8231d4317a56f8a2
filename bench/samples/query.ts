import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient, httpsTransport, parseAddress } from '@mmcloud/client'
import type { Product } from '@mmcloud/testkit'
import { fillDay } from './kept.ts'

const DAY_MS = 86_400_000

/** Milliseconds of each whole call for the last day of a job of which every second is kept. */
export const queryTimes = async (product: Product, rounds: number): Promise<number[]> => {
  // Too large for this machine: it waits for capacity, and costs nothing.
  const job = await product.submit('#!/bin/sh\n', '-t', 'r5.24xlarge')
  await product.down()
  const now = Date.now()
  fillDay(join(product.dataDir, 'samples.db'), [job], now)
  await product.up()
  const pem = await readFile(join(product.dataDir, 'tls', 'cert.pem'), 'utf8')
  const transport = httpsTransport(parseAddress(product.address), { kind: 'ca', pem })
  const client = createClient(transport, {
    kind: 'password',
    username: 'admin',
    password: product.password,
  })
  const times: number[] = []
  try {
    // The first one has the password verified.
    for (let round = 0; round <= rounds; round += 1) {
      const before = performance.now()
      const usage = await client.call('samples', {
        params: { id: job },
        query: { from: String(now - DAY_MS), to: String(now) },
      })
      if (usage.at.length < 1440) throw new Error(`a day has ${usage.at.length} points`)
      if (round > 0) times.push(performance.now() - before)
    }
  } finally {
    transport.close()
  }
  await product.float('cancel', '-f', '-j', job)
  return times
}
