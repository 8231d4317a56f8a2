/** The outcome of asking a program: did it succeed, and what did it write. */
export type Answer = { readonly ok: boolean; readonly said: string }

/** What a look at the machine found; rows are judged from this and from nothing else. */
export type MachineFacts = {
  readonly root: boolean
  /** Effective capabilities as the kernel's bit mask. */
  readonly capabilities: bigint
  /** As `uname -r` says it: `6.12.43+deb13-cloud-amd64`. */
  readonly kernel: string
  /** Complete system image of instances, or undefined before set-up. */
  readonly systemImage: string | undefined
  /** Programs of this machine that were looked for and are not there. */
  readonly missingPrograms: readonly string[]
  readonly criuVersion: Answer
  readonly criuCheck: Answer
  /** Optional abilities by CRIU's own names: has this kernel got it? */
  readonly criuFeatures: Readonly<Record<string, boolean>>
  readonly runcVersion: Answer
  /** Controllers that can be used, and which hierarchy they are in. */
  readonly cgroup: { readonly version: 1 | 2 | undefined; readonly controllers: readonly string[] }
  /** Can a limit be put on memory and swap together? */
  readonly swapLimit: boolean
  readonly swapBytes: number
  /** A namespace with bridge, veth pair and masquerading, made for a moment. */
  readonly network: Answer
  /** `nft -j list ruleset`, and what `iptables-legacy -S` says where it is there. */
  readonly firewall: { readonly nft: Answer; readonly legacy: string }
  /** A free loop device. */
  readonly loop: Answer
  /** A btrfs on a loop image with a snapshot, made for a moment. */
  readonly btrfs: Answer
  readonly cacheDir: string
  readonly freeBytes: number
  readonly pipeMaxBytes: number
}

/** Linux's numbers of the capabilities that the product cannot do without. */
export const NEEDED_CAPABILITIES: Readonly<Record<string, bigint>> = {
  CAP_NET_ADMIN: 12n,
  CAP_SYS_CHROOT: 18n,
  CAP_SYS_PTRACE: 19n,
  CAP_SYS_ADMIN: 21n,
  CAP_MKNOD: 27n,
}
