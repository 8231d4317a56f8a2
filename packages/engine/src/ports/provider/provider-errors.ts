/** The few failures the engine can act upon. Adapters translate vendor codes into these once. */
export class InsufficientCapacityError extends Error {
  override readonly name = 'InsufficientCapacityError'
}
export class InstanceNotFoundError extends Error {
  override readonly name = 'InstanceNotFoundError'
}
export class VolumeNotFoundError extends Error {
  override readonly name = 'VolumeNotFoundError'
}
export class VolumeInUseError extends Error {
  override readonly name = 'VolumeInUseError'
}
