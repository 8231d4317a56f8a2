/** `r`: read only. */
export type MountMode = 'r' | 'rw'

type Mounted = { readonly mode: MountMode; readonly mountPoint: string }

/** A file system of an NFS server or of JuiceFS. `opts` are handed to the client that mounts it. */
export type Export = Mounted & { readonly host: string; readonly path: string; readonly opts?: string }

/** What is below a prefix in a bucket. */
export type BucketMount = Mounted & {
  readonly bucket: string
  readonly prefix: string
  /** With its scheme; absent = the cloud's own. */
  readonly endpoint?: string
  /** Absent = as anybody may. In the record of a job each is `{secret:NAME}`. */
  readonly keys?: BucketKeys
}

export type BucketKeys = { readonly accessKey: string; readonly secret: string; readonly token?: string }

/** Storage that stays where it is: mounted on whichever instance the job is on, and never part of a checkpoint. */
export type StorageMount = ({ readonly kind: 's3' } & BucketMount) | ({ readonly kind: 'nfs' } & Export)
