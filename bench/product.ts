import { readFile } from 'node:fs/promises'
import { Product } from '@mmcloud/testkit'
import type { Peer } from './peer.ts'
import { type Move, movePhases } from './phases.ts'
import { longestGap } from './statistics.ts'

/** An instance that holds the ticker's gibibyte twice over. */
const SIZE = ['-c', '1', '-m', '2'] as const

/** Seconds from the answer of `float submit` to `Executing`, image present, one per round. */
export const submitToExecuting = async (product: Product, rounds: number): Promise<number[]> => {
  const measured: number[] = []
  for (let round = 0; round <= rounds; round += 1) {
    const job = await product.submit('#!/bin/sh\nexec sleep 1000\n', '-c', '1', '-m', '1')
    const started = await product.event(job, 'started')
    const [submitted] = await product.events(job)
    // The first one fetches the image.
    if (round > 0) measured.push((Date.parse(started.at) - Date.parse(submitted!.at)) / 1000)
    await product.float('cancel', '-f', '-j', job)
    await product.status(job, ['Cancelled'])
  }
  return measured
}

/** The product as a peer: each stand-still is a reclaim, and its moves tell where the time went. */
export type ReclaimedJob = Peer & { readonly moves: readonly Move[] }

/** A job that holds `megabytes` of random bytes and loses its instance at each `standStill`. */
export const startReclaimedJob = async (product: Product, megabytes: number): Promise<ReclaimedJob> => {
  const ticker = await readFile(new URL('ticker.py', import.meta.url), 'utf8')
  const script = `#!/usr/bin/env python3\n${ticker}`
  const job = await product.submit(script, ...SIZE, '-e', `MEGABYTES=${megabytes}`)
  let seen = (await product.event(job, 'started')).seq
  await product.output(job, 'a tick', (text) => text !== '')
  const moves: Move[] = []
  return {
    name: 'Memory Machine Cloud: a reclaim, from instance to instance',
    moves,
    standStill: async () => {
      const noticeAt = Date.now() / 1000
      await product.float('drill', '-j', job, '--notice', '60s')
      const restored = await product.event(job, 'restored', seen)
      const restoredAt = Date.parse(restored.at) / 1000
      const output = await product.output(job, 'a second of ticks after the move', (text) => {
        const last = Number(text.trimEnd().split('\n').at(-1))
        return last > restoredAt + 1
      })
      const gap = longestGap(output, noticeAt)
      const events = (await product.events(job)).filter(({ seq }) => seq > seen)
      moves.push(movePhases(noticeAt, gap, events))
      seen = restored.seq
      return gap.seconds
    },
    [Symbol.asyncDispose]: async () => {
      await product.float('cancel', '-f', '-j', job)
      await product.status(job, ['Cancelled'])
    },
  }
}

/** Seconds of whole `float list` commands with a thousand jobs on record, one per round. */
export const listThousandJobs = async (product: Product, rounds: number): Promise<number[]> => {
  // Too large for this machine: they wait for capacity, and none of them costs anything.
  const submitOne = (): Promise<string> => product.submit('#!/bin/sh\n', '-t', 'r5.24xlarge')
  for (let made = 0; made < 1000; made += 20) await Promise.all(Array.from({ length: 20 }, submitOne))
  const measured: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const started = performance.now()
    await product.float('list')
    measured.push((performance.now() - started) / 1000)
  }
  return measured
}
