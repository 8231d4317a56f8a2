import { readFileSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import type { Machine } from '../market/offers.ts'

/** Features that libraries choose code by at run time: a restored program keeps using them. */
const FEATURES = /^(sse4|ssse3|avx|fma|bmi|aes|vaes|sha|f16c|popcnt|movbe|adx|gfni|amx|pku|erms)/

export const thisMachine = (): Machine => ({
  cpus: availableParallelism(),
  memGB: totalmem() / 2 ** 30,
  cpuFeatures:
    /^flags\s*:(.*)$/m
      .exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]
      ?.split(' ')
      .filter((flag) => FEATURES.test(flag)) ?? [],
})
