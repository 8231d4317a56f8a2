import type { MigratePolicy } from './migrate-policy.ts'
import type { SizeMove } from './plan-size.ts'

/** By how much longer idleness must last for each time that the smaller size was outgrown again. */
const LONGER = 4

/**
 * How long (seconds) each lower bound must hold before the job shrinks. As the policy says at first; every time that it
 * has outgrown a size smaller than the present one, going back below takes four times as long. So a load that comes and
 * goes for ever moves its job a number of times that grows with the logarithm of time only.
 */
export const downSeconds = (
  policy: MigratePolicy,
  moves: readonly SizeMove[],
  present: { readonly cpu: number; readonly memGB: number },
): { readonly cpu: number; readonly mem: number } => {
  const times = (grew: (move: SizeMove) => boolean): number => Math.max(0, moves.filter(grew).length - 1)
  const outgrew = {
    cpu: times(({ trigger, from }) => trigger === 'policyCpuUp' && from.cpu < present.cpu),
    mem: times(
      ({ trigger, from }) =>
        (trigger === 'policyMemUp' || trigger === 'evadeOOM') && from.memGB < present.memGB,
    ),
  }
  return {
    cpu: policy.cpu.lowerBoundSeconds * LONGER ** outgrew.cpu,
    mem: policy.mem.lowerBoundSeconds * LONGER ** outgrew.mem,
  }
}
