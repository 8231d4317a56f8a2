/**
 * What has a job moved: the cloud takes its instance (`reclaim`), a person tests that (`drill`), its policy asks for
 * another size, it swaps (`evadeOOM`), a person asks (`manual`) or the job itself does (`program`), its instance was
 * `lost`, or it goes on after a rest (`resume`).
 */
export const MIGRATION_TRIGGERS = [
  'reclaim',
  'drill',
  'policyCpuUp',
  'policyCpuDown',
  'policyMemUp',
  'policyMemDown',
  'evadeOOM',
  'manual',
  'program',
  'lost',
  'resume',
] as const
export type MigrationTrigger = (typeof MIGRATION_TRIGGERS)[number]
