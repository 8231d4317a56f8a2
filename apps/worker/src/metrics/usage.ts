/**
 * What the kernel has counted of the job up to one instant. Counters only grow as long as its control group, its network
 * and its disks are the same ones; amounts are as of that instant.
 */
export type Usage = {
  readonly cpuUs: number
  readonly memBytes: number
  readonly cacheBytes: number
  readonly swapBytes: number
  /** Counters of what was swapped; absent where the kernel does not count it for a group. */
  readonly swapped?: { readonly inBytes: number; readonly outBytes: number }
  /** Counter of the time in which some process waited for memory; absent where the kernel does not tell. */
  readonly memStallUs?: number
  readonly diskReadBytes: number
  readonly diskWriteBytes: number
  readonly netInBytes: number
  readonly netOutBytes: number
  /** The init that stands in front of the program is one of them. */
  readonly processes: number
}

/** What a control group alone tells. */
export type GroupUsage = Pick<Usage, 'cpuUs' | 'memBytes' | 'cacheBytes' | 'swapBytes' | 'swapped'>

/** What the job can have on its instance. */
export type Capacity = {
  readonly capacityCpu: number
  readonly capacityMemBytes: number
  readonly capacitySwapBytes: number
}

/** Usage with the clocks of that instant. */
export type Reading = {
  readonly usage: Usage
  /** The wall clock (epoch ms), which may be set. */
  readonly at: number
  /** A clock that only goes forward, for spans (ms). */
  readonly clockMs: number
}
