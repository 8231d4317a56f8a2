import type { InstanceType } from '@mmcloud/engine'

/** AWS's names and sizes, since users' scripts name them; on-demand USD an hour as AWS lists them for us-east-1. */
export const CATALOGUE: readonly InstanceType[] = [
  ...burstable('t2', 0.0116, {
    micro: [1, 1],
    small: [1, 2],
    medium: [2, 4],
    large: [2, 8],
    xlarge: [4, 16],
    '2xlarge': [8, 32],
  }),
  ...burstable('t3', 0.0104, {
    micro: [2, 1],
    small: [2, 2],
    medium: [2, 4],
    large: [2, 8],
    xlarge: [4, 16],
    '2xlarge': [8, 32],
  }),
  ...family('c5', 2, 0.0425, [2, 4, 8, 16, 36, 48, 72, 96]),
  ...family('c5a', 2, 0.0385, [2, 4, 8, 16, 32, 48, 64, 96]),
  ...family('m5', 4, 0.048, [2, 4, 8, 16, 32, 48, 64, 96]),
  ...family('r5', 8, 0.063, [2, 4, 8, 16, 32, 48, 64, 96]),
  ...family('r6a', 8, 0.0567, [2, 4, 8, 16, 32, 48, 64, 96, 128, 192]),
  ...family('r7a', 8, 0.07608, [1, 2, 4, 8, 16, 32, 48, 64, 96, 128, 192]),
]

/** Families whose price follows the memory: a GB costs the same in each size. */
function burstable(
  name: string,
  perGB: number,
  sizes: Record<string, [cpu: number, memGB: number]>,
): InstanceType[] {
  return Object.entries(sizes).map(([size, [cpu, memGB]]) => ({
    name: `${name}.${size}`,
    cpu,
    memGB,
    onDemandPerHour: price(perGB * memGB),
  }))
}

/** Families with so much memory a vCPU, and a price a vCPU. */
function family(name: string, memPerCpu: number, perCpu: number, cpus: readonly number[]): InstanceType[] {
  return cpus.map((cpu) => ({
    name: `${name}.${sizeName(cpu)}`,
    cpu,
    memGB: cpu * memPerCpu,
    onDemandPerHour: price(cpu * perCpu),
  }))
}

function sizeName(cpu: number): string {
  return { 1: 'medium', 2: 'large', 4: 'xlarge' }[cpu] ?? `${cpu / 4}xlarge`
}

function price(usd: number): number {
  return Math.round(usd * 10_000) / 10_000
}
