import type { TrainingSpec } from '#domain/training-spec.ts'
import type { BestEpoch } from '#interchange/report/best-epoch.ts'

/** Whether a training ends after `epoch`. @param best the best epoch until then */
export function endsAfter(
  { epochs, earlyStopping }: Pick<TrainingSpec, 'epochs' | 'earlyStopping'>,
  epoch: number,
  best: BestEpoch | undefined,
): boolean {
  if (epoch >= epochs) return true
  return earlyStopping !== undefined && best !== undefined && epoch - best.epoch >= earlyStopping.patience
}
