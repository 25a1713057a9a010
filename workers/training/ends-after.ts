import type { EarlyStopping } from '#domain/early-stopping.ts'
import type { BestEpoch } from '#interchange/report/best-epoch.ts'

/** The last epoch of a phase, and what may end it sooner. */
export interface Ending {
  epochs: number
  earlyStopping?: EarlyStopping
}

/** Whether a phase ends after `epoch`. @param best the best epoch until then */
export function endsAfter(
  { epochs, earlyStopping }: Ending,
  epoch: number,
  best: BestEpoch | undefined,
): boolean {
  if (epoch >= epochs) return true
  return earlyStopping !== undefined && best !== undefined && epoch - best.epoch >= earlyStopping.patience
}
