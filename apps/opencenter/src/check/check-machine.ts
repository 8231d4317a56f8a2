import type { HealthRow } from '@mmcloud/domain'
import type { MachineFacts } from './facts.ts'
import { probeMachine } from './probe-machine.ts'
import { rowsFrom } from './rows.ts'

/** How the machine is looked at; tests answer with facts of their own. */
export type Probe = () => Promise<MachineFacts>

const thisMachine: Probe = () => probeMachine(process.env['MMCLOUD_CACHE'] || '/var/cache/mmcloud')

/** Can this machine run the product? One row per thing looked at, each with what mends it. */
export const checkMachine = async (probe: Probe = thisMachine): Promise<readonly HealthRow[]> =>
  rowsFrom(await probe())
