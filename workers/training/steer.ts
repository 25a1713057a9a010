import { cuttableModel, nonzeroAt, nonzeroWithin } from '#formats/cut-model.ts'
import { modelOf } from './begin-cut.ts'
import type { TrainingRun } from './prepare.ts'
import type { TrainState } from './train-state.ts'

/** Chooses the scale of the threshold for the next epoch of a job with a target. */
export function steer(run: TrainingRun, state: TrainState, epoch: number): void {
  const { spec, place } = run
  if (!spec.target || place.phase.name !== 'train') return
  void cuttableModel
  void nonzeroAt
  void nonzeroWithin
  void modelOf
  void state
  void epoch
}
