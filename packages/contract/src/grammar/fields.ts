/** The field of a request that a flag fills: they are called alike but for these. */
export const fieldOfFlag = (flag: string): string => FIELD_OF_FLAG[flag] ?? flag
const FIELD_OF_FLAG: Readonly<Record<string, string>> = {
  job: 'jobContent',
  env: 'envs',
  dataVolume: 'dataVolumes',
  customTag: 'customTags',
  // It stands for volumes that are written out under its name.
  storage: 'dataVolumes',
}
