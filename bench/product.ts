import { readFile } from 'node:fs/promises'
import { Product, waitFor } from '@mmcloud/testkit'
import { longestGaps } from './statistics.ts'

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

/** Seconds that a program holding 1 GiB stood still in each of `rounds` reclaims, as itself saw it. */
export const reclaimStandStill = async (product: Product, rounds: number): Promise<number[]> => {
  const ticker = await readFile(new URL('ticker.py', import.meta.url), 'utf8')
  const job = await product.submit(`#!/usr/bin/env python3\n${ticker}`, ...SIZE)
  let seen = (await product.event(job, 'started')).seq
  for (let round = 0; round < rounds; round += 1) {
    const lines = (await product.log(job)).length
    await waitFor('the ticker to tick', 60_000, async () => {
      const now = (await product.log(job)).length
      return now > lines + 1500 ? { done: now } : { notYet: String(now) }
    })
    await product.float('drill', '-j', job, '--notice', '60s')
    seen = (await product.event(job, 'restored', seen)).seq
  }
  const before = (await product.log(job)).length
  await product.output(job, 'a tick after the last move', (text) => text.length > before + 100)
  const gaps = longestGaps(await product.log(job), rounds)
  await product.float('cancel', '-f', '-j', job)
  await product.status(job, ['Cancelled'])
  return gaps
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
