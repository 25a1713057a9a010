import type { PhaseCut } from '#domain/phases.ts'
import { cutModel, cutModelExactly } from '#formats/cut-model.ts'
import { modelFromState, type TrainedModel } from '#formats/trained-model.ts'
import type { TrainingRun } from './prepare.ts'
import type { TrainState } from './train-state.ts'

/** The state whose weights are cut as the phase says; undefined if its end has no cut. The caller ends it. */
export function beginCut(run: TrainingRun, state: TrainState): TrainState | undefined {
  const { cutAfter } = run.place.phase
  if (!cutAfter) return undefined
  const { weights, statistics } = cutBetweenPhases(modelOf(run, state), cutAfter)
  const variables = { params: weights, ...(statistics.length > 0 && { statistics }) }
  return run.beginMeasuring({ clock: { step: state.clock.step }, variables })
}

/** The model after the cut between two phases. */
export function cutBetweenPhases(model: TrainedModel, cut: PhaseCut): TrainedModel {
  return cut.isExact ? cutModelExactly(model, cut) : cutModel(model, cut)
}

/** A copy of the model in training. */
export function modelOf({ spec, network }: TrainingRun, state: TrainState): TrainedModel {
  return modelFromState(spec, network, state.readState(), state.readWeights())
}
