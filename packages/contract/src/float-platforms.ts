/** Machines that `float` is handed out for as one file, as `/float.PLATFORM` of an OpCenter. */
export const FLOAT_PLATFORMS = [
  'linux_amd64',
  'linux_arm64',
  'darwin_amd64',
  'darwin_arm64',
  'windows_amd64',
] as const
export type FloatPlatform = (typeof FLOAT_PLATFORMS)[number]

/** The platform of a machine in Node's words; nothing where there is none. */
export const floatPlatform = (platform: string, arch: string): FloatPlatform | undefined => {
  const system = platform === 'win32' ? 'windows' : platform
  const processor = arch === 'x64' ? 'amd64' : arch
  return FLOAT_PLATFORMS.find((known) => known === `${system}_${processor}`)
}
