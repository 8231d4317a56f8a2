/** How a job buys its instances. `retry…` apply to a job that has nothing to lose yet; a saved one waits for ever. */
export type VmPolicy = {
  readonly policy: 'spotFirst' | 'spotOnly' | 'onDemand'
  readonly retryLimit: number
  readonly retryIntervalSeconds: number
  /** Most that is paid, USD an hour; absent = any price. */
  readonly priceLimit?: number
}

export const DEFAULT_VM_POLICY: VmPolicy = { policy: 'spotFirst', retryLimit: 3, retryIntervalSeconds: 600 }
