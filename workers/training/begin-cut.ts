import type { PhaseCut } from '#domain/phases.ts'
import { cutModel, cutModelExactly } from '#formats/cut-model.ts'
import { modelFromState, type TrainedModel } from '#formats/trained-model.ts'
import { hasBatchStatistics } from '#network/batch-statistics.ts'
import type { TrainingRun } from './prepare.ts'
import type { TrainState } from './train-state.ts'

/**
 * The state whose weights are cut at the end of a phase, with statistics of batch normalizations that fit them, because no training follows;
 * undefined if the phase ends without a cut. The caller ends it.
 */
export async function beginCut(run: TrainingRun, state: TrainState): Promise<TrainState | undefined> {
  const { cutAfter } = run.place.phase
  if (!cutAfter) return undefined
  const { weights, statistics } = await recalibrated(run, cutBetweenPhases(modelOf(run, state), cutAfter))
  const variables = { params: weights, ...(statistics.length > 0 && { statistics }) }
  const { step, steering } = state.clock
  return run.beginMeasuring({ clock: { step, ...(steering && { steering }) }, variables })
}

async function recalibrated(run: TrainingRun, model: TrainedModel): Promise<TrainedModel> {
  if (!hasBatchStatistics(run.network.topology)) return model
  const evaluator = run.openEvaluator(model)
  try {
    return await evaluator.recalibrate(model)
  } finally {
    evaluator.end()
  }
}

/** The model after the cut between two phases. */
export function cutBetweenPhases(model: TrainedModel, cut: PhaseCut): TrainedModel {
  return cut.isExact ? cutModelExactly(model, cut) : cutModel(model, cut)
}

/** A copy of the model in training. */
export function modelOf({ spec, network }: TrainingRun, state: TrainState): TrainedModel {
  return modelFromState(spec, network, state.readState(), state.readWeights())
}
