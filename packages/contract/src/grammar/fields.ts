/** The field of a request that a flag fills: they are called alike but for these. */
export const fieldOfFlag = (flag: string): string => FIELD_OF_FLAG[flag] ?? flag
/** The flag that fills a field. */
export const flagOfField = (field: string): string =>
  `--${Object.entries(FIELD_OF_FLAG).find(([, filled]) => filled === field)?.[0] ?? field}`
const FIELD_OF_FLAG: Readonly<Record<string, string>> = {
  job: 'jobContent',
  env: 'envs',
  dataVolume: 'dataVolumes',
  customTag: 'customTags',
  dirMap: 'dirMaps',
  'gpu-count': 'gpuCount',
  // It stands for volumes that are written out under its name.
  storage: 'dataVolumes',
}
