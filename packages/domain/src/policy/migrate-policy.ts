/** When one of CPU and memory asks for another size, and how far a move goes. */
export type DimensionPolicy = {
  readonly disable: boolean
  /** Percent of the capacity; above it for `upperBoundSeconds` the job grows. */
  readonly upperBoundRatio: number
  readonly upperBoundSeconds: number
  /** Percent; below it for `lowerBoundSeconds` the job shrinks. */
  readonly lowerBoundRatio: number
  readonly lowerBoundSeconds: number
  /** Percent of the present size by which it grows or shrinks. */
  readonly step: number
  /** Never more than this (cores, GB); absent = the job's maximum. */
  readonly limit?: number
  /** Never less than this; absent or 0 = the job's minimum. */
  readonly lowerLimit?: number
}

/** When a job is moved for its size. */
export type MigratePolicy = {
  /** Move to more memory as soon as the job swaps, whatever the dimensions say. */
  readonly evadeOOM: boolean
  /** Go to what the last window asks for, instead of one step. */
  readonly stepAuto: boolean
  readonly cpu: DimensionPolicy
  readonly mem: DimensionPolicy
}

const DIMENSION: DimensionPolicy = {
  disable: true,
  upperBoundRatio: 90,
  upperBoundSeconds: 30,
  lowerBoundRatio: 5,
  lowerBoundSeconds: 300,
  step: 50,
}

export const DEFAULT_MIGRATE_POLICY: MigratePolicy = {
  evadeOOM: true,
  stepAuto: false,
  cpu: DIMENSION,
  mem: DIMENSION,
}
