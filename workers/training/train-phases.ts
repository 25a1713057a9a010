import { fineTunePhase } from '#domain/phases.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { type Checkpoint, stepsOf } from '#formats/checkpoint.ts'
import { modelFromCheckpoint } from '#formats/trained-model.ts'
import type { Splits } from '#workers/data/examples.ts'
import { cutBetweenPhases } from './begin-cut.ts'
import type { CheckpointTaken, Start } from './checkpoint.ts'
import { type Epoch, type Progress, train } from './loop.ts'

/** Where a job starts: from the beginning or from `init`, or from the last checkpoint of an earlier attempt. */
export interface JobStart {
  from?: Start | undefined
  /** The model of the checkpoints until then: the last one, or the best one with early stopping. */
  model?: Checkpoint | undefined
}

/**
 * Trains all phases of a job, one after the other. The phase `fineTune` starts from the model of the phase `train`. @throws as `train`
 * does
 */
export async function* trainPhases(
  spec: TrainingSpec,
  splits: Splits,
  signal: AbortSignal,
  { from, model: earlier }: JobStart = {},
): AsyncGenerator<Progress | Epoch | CheckpointTaken, void, undefined> {
  let [last, model] = [from, earlier]
  for await (const item of train(spec, splits, signal, from)) {
    if (item.type === 'checkpoint') {
      last = item.checkpoint
      if (item.isModel) model = item.checkpoint
    }
    yield item
  }
  if (!fineTunePhase(spec) || last?.phase) return
  yield* train(spec, splits, signal, startFineTuning(spec, model!, last as Checkpoint))
}

/** @param last the checkpoint after the last epoch of the phase `train` */
function startFineTuning(spec: TrainingSpec, model: Checkpoint, last: Checkpoint): Start {
  const { cutBefore } = fineTunePhase(spec)!
  const trained = modelFromCheckpoint(spec, model)
  const { weights, statistics } = cutBefore ? cutBetweenPhases(trained, cutBefore) : trained
  return {
    state: { variables: { params: weights, ...(statistics.length > 0 && { statistics }) } },
    epoch: last.epoch,
    phase: { name: 'fineTune', epochsBefore: last.epoch, stepsBefore: stepsOf(last) },
  }
}
