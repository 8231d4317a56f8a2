import type { MigratePolicy } from './migrate-policy.ts'
import type { SizeMove } from './plan-size.ts'

/** By how much longer a size must do for each time that a smaller one was outgrown again. */
const LONGER = 4

/**
 * Whether the job may shrink by now, per dimension. At first as soon as its lower bound holds; once it has outgrown a size
 * smaller than the present one again, only after four times the policy's duration since then, then sixteen times, and so
 * on. So a load that comes and goes for ever moves its job a number of times that grows with the logarithm of time only.
 */
export const mayShrink = (
  policy: MigratePolicy,
  moves: readonly SizeMove[],
  present: { readonly cpu: number; readonly memGB: number },
  now: number,
): { readonly cpu: boolean; readonly mem: boolean } => {
  const may = (seconds: number, outgrew: (move: SizeMove) => boolean): boolean => {
    const times = moves.filter(outgrew)
    const last = times.at(-1)
    return !last || times.length < 2 || now - last.at >= seconds * 1000 * LONGER ** (times.length - 1)
  }
  return {
    cpu: may(
      policy.cpu.lowerBoundSeconds,
      ({ trigger, from }) => trigger === 'policyCpuUp' && from.cpu < present.cpu,
    ),
    mem: may(
      policy.mem.lowerBoundSeconds,
      ({ trigger, from }) =>
        (trigger === 'policyMemUp' || trigger === 'evadeOOM') && from.memGB < present.memGB,
    ),
  }
}
