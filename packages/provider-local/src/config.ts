import { join } from 'node:path'
import { z } from 'zod'

/** At most so many instances at a time; absent = no limit but the machine. */
export const capacitySchema = z.object({
  spot: z.int().nonnegative().optional(),
  onDemand: z.int().nonnegative().optional(),
  /** By type name, on top of the limits above. */
  types: z
    .record(
      z.string(),
      z.object({ spot: z.int().nonnegative().optional(), onDemand: z.int().nonnegative().optional() }),
    )
    .optional(),
})
export type Capacity = z.infer<typeof capacitySchema>

export const localCloudConfigSchema = z.object({
  /** The OpCenter's data directory; the cloud keeps its own things in `cloud/` below it. */
  dataDir: z.string().startsWith('/'),
  /** Root file system of every instance, read-only; may be a symbolic link, followed at each launch. */
  systemImage: z.string().startsWith('/'),
  /** Directory that all instances share read-write, seen by them as `/var/lib/mmcloud/images`. */
  imageStore: z.string().startsWith('/'),
  /** How long before the market takes a spot instance it says so; AWS gives 120. */
  defaultNoticeSeconds: z.number().nonnegative().default(120),
  /** Mean of the exponential time after which the market takes a spot instance; absent = it never does. */
  meanTimeToReclaimSeconds: z.number().positive().optional(),
  /** Prices and reclaims follow from it. */
  seed: z.int().default(1),
  /** Offer types larger than this machine, and more instances than its memory holds. */
  overcommit: z.boolean().default(false),
  capacity: capacitySchema.optional(),
  /** Each instance's own disk; sparse. */
  diskGB: z.number().positive().default(30),
  /** Swap beyond an instance's memory; a file made and used while the cloud runs. 0 = none. */
  swapGB: z.number().nonnegative().default(4),
})
export type LocalCloudConfig = z.infer<typeof localCloudConfigSchema>
/** As written by people: what has a default may be left out. */
export type LocalCloudSettings = z.input<typeof localCloudConfigSchema>

export const cloudDirOf = (dataDir: string): string => join(dataDir, 'cloud')
