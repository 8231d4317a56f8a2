import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { cgroupsV1 } from './cgroups-v1.ts'
import { cgroupsV2 } from './cgroups-v2.ts'

export type Limits = { readonly cpu: number; readonly memoryBytes: number; readonly swapBytes: number }

/** The control groups of one cloud's instances; `id` names the instance's group in every hierarchy. */
export interface Cgroups {
  readonly version: 1 | 2
  /** Makes the instance's groups with their limits. What is answered is for the boot script. */
  create(id: string, limits: Limits): Promise<Entrance>
  /** Ends every process of the instance, frozen ones too, and returns when none is left. */
  kill(id: string): Promise<void>
  /** All processes of the instance, in host numbering. */
  processes(id: string): Promise<number[]>
  remove(id: string): Promise<void>
  /** The instances that have groups, known or not. */
  list(): Promise<string[]>
  /** Removes the cloud's own groups, when no instance is left. */
  close(): Promise<void>
}

export type Entrance = {
  /** The first process joins each of these, and takes them for the roots of its hierarchies. */
  readonly join: readonly string[]
  /** Then it moves into this leaf, so that the group above can hand its controllers to other children. */
  readonly leaf?: string
}

const ROOT = '/sys/fs/cgroup'

/** The adapter for what this machine has; `cloud` is the name of the cloud's own group. */
export const openCgroups = (cloud: string): Cgroups =>
  existsSync(join(ROOT, 'cgroup.controllers')) ? cgroupsV2(cloud) : cgroupsV1(cloud)

/** Whether the cloud has a group in any hierarchy, the empty v2 tree of hybrid machines included. */
export const hasGroups = (cloud: string): boolean =>
  existsSync(ROOT) && ['', ...readdirSync(ROOT)].some((each) => existsSync(join(ROOT, each, cloud)))
