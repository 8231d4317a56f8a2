import { existsSync, globSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Product } from '@mmcloud/testkit'

/** Percent of a core that is used on an instance beside its job, which sleeps: worker, shim, runc and the sampling. */
export const overheadPercent = async (product: Product, seconds: number): Promise<number> => {
  const job = await product.submit('#!/bin/sh\nexec sleep 1000\n', '-t', 't3.micro')
  await product.status(job, ['Executing'])
  const hosts = JSON.parse(await product.float('hosts', '-F', 'json')) as { id: string; job: string }[]
  const { id } = hosts.find((host) => host.job === job)!
  const before = cpuBesideJob(id)
  const began = performance.now()
  await sleep(seconds * 1000)
  const usedMs = cpuBesideJob(id) - before
  const percent = (100 * usedMs) / (performance.now() - began)
  await product.float('cancel', '-f', '-j', job)
  await product.status(job, ['Cancelled'])
  return percent
}

/** Milliseconds of CPU of the instance but for its job, by its control groups. */
const cpuBesideJob = (instance: string): number => {
  const [group] = globSync(`/sys/fs/cgroup/{cpuacct/,}mmc-*/${instance}`)
  if (group === undefined) throw new Error(`instance ${instance} has no control group on this machine`)
  return cpuMs(group) - cpuMs(`${group}/job`)
}

const cpuMs = (group: string): number => {
  const version1 = `${group}/cpuacct.usage`
  if (existsSync(version1)) return Number(readFileSync(version1, 'utf8')) / 1e6
  return Number(/^usage_usec (\d+)/m.exec(readFileSync(`${group}/cpu.stat`, 'utf8'))?.[1]) / 1000
}
