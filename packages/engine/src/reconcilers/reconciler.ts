/**
 * Brings one concern of the world closer to what is wanted. No input: it reads the world, or it does nothing.
 * Idempotent; run on a timer and on a nudge. The report is for status pages.
 */
export interface Reconciler {
  readonly name: string
  activate(signal: AbortSignal): Promise<ReconcileReport>
}
export type ReconcileReport = { readonly looked: number; readonly acted: number }
