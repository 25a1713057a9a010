import { sparsityBeforeCut } from '#domain/phases.ts'
import { cuttableModel, nonzeroAt, nonzeroWithin, thresholdFor } from '#formats/cut-model.ts'
import { thresholdOf } from '#optimization/optimizer-spec.ts'
import { growthOfThreshold, nextC, type ThresholdReading } from '#optimization/steer-threshold.ts'
import type { ThresholdState } from '#optimization/threshold.ts'
import { modelOf } from './begin-cut.ts'
import type { TrainingRun } from './prepare.ts'
import type { TrainState } from './train-state.ts'

/** Chooses the scale of the threshold for the next epoch of a job with a target. The clock, and so each checkpoint, contains the choice. */
export function steer(run: TrainingRun, state: TrainState): void {
  const { spec, place } = run
  const rule = thresholdOf(spec.optimizer)
  if (!spec.target || !rule || place.phase.name !== 'train') return
  const { steering } = state.clock
  const end = readThreshold(run, state)
  const last = startStep(run) + place.phase.epochs * run.stepsPerEpoch
  const growth = growthOfThreshold(state.clock as ThresholdState, rule, run.learningRate, last)
  const c = steering ? nextC({ c: steering.c, start: steering, end, growth }) : rule.c
  state.steer({ c, ...end })
}

/** The steps before the job, of an optimizer whose state the job started from. */
function startStep({ spec: { init } }: TrainingRun): number {
  return init?.optimizerState ? init.clock.step : 0
}

/** The threshold, and the magnitude in the accumulator that the wanted number of weights exceeds before the cut. */
function readThreshold(run: TrainingRun, state: TrainState): ThresholdReading {
  const { sparsity, sizeBytes } = run.spec.target!
  const model = modelOf(run, state)
  const cuttable = cuttableModel(model, { rule: 'magnitude', scope: 'global' })
  const wanted = sparsity ?? 1 - nonzeroWithin(cuttable, sizeBytes!, run.spec) / cuttable.parameters
  const nonzero = nonzeroAt(sparsityBeforeCut(run.spec, wanted), cuttable.parameters)
  return { l1: model.dualAverage!.l1, quantile: thresholdFor(model, nonzero) }
}
