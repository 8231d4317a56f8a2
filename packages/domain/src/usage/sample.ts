/**
 * What a job used during one span of time, measured on its instance: rates are means over the span, amounts are as of
 * its end. Only spans in which the program could run are measured: while it is frozen or not there, there is no sample.
 */
export type Sample = {
  /** End of the span, by the instance's clock (epoch ms). */
  readonly at: number
  /** Length of the span; about a second from a worker, longer where samples were rolled up. */
  readonly spanMs: number
  /** 100 = one core. */
  readonly cpuPercent: number
  /** Anonymous and shared memory in RAM: what the program would lose if it were killed. */
  readonly memBytes: number
  /** Page cache, which the kernel gives up when memory is wanted. */
  readonly cacheBytes: number
  readonly swapBytes: number
  /** Into RAM and out of it, bytes a second. */
  readonly swapInRate: number
  readonly swapOutRate: number
  /** Share of the time in which some process of the job waited for memory (PSI `some`); absent where the kernel does not tell. */
  readonly memStallPercent?: number
  /** Bytes a second. */
  readonly diskReadRate: number
  readonly diskWriteRate: number
  readonly netInRate: number
  readonly netOutRate: number
  readonly processes: number
  /** What the job can have on this instance: cores, its memory limit, swap beyond it. */
  readonly capacityCpu: number
  readonly capacityMemBytes: number
  readonly capacitySwapBytes: number
}

/** Samples of a longer span, rolled up: means, and the peaks that a mean hides. */
export type UsagePoint = Sample & { readonly cpuPercentMax: number; readonly memBytesMax: number }
