import type { TrainingSpec } from '#domain/training-spec.ts'
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '#formats/checkpoint.ts'
import type { Splits } from '#workers/data/examples.ts'
import { type Epoch, Interruption, train } from '#workers/training/loop.ts'

const PROVENANCE = { training: 'a training', engine: 'an engine' }

/** What a training leaves, until its end or its interruption. */
export interface TrainedEpochs {
  epochs: Epoch[]
  /** As they are read from their files. */
  checkpoints: Checkpoint[]
}

/** Trains until the end, or until the first progress within the epoch `stopInEpoch`. @param from continues from this checkpoint */
export async function runTraining(
  spec: TrainingSpec,
  splits: Splits,
  { from, stopInEpoch }: { from?: Checkpoint; stopInEpoch?: number } = {},
): Promise<TrainedEpochs> {
  const stopping = new AbortController()
  const left: TrainedEpochs = { epochs: [], checkpoints: [] }
  try {
    for await (const item of train(spec, splits, stopping.signal, from)) {
      if (item.type === 'progress' && item.epoch === stopInEpoch) stopping.abort(new Interruption(true))
      if (item.type === 'epoch') left.epochs.push(item)
      if (item.type === 'checkpoint') {
        const file = encodeCheckpoint(item.checkpoint, PROVENANCE)
        left.checkpoints.push(decodeCheckpoint(file, PROVENANCE.training).checkpoint)
      }
    }
  } catch (error) {
    if (!(error instanceof Interruption)) throw error
  }
  return left
}

/** What is the same in a training that was interrupted and resumed. */
export function comparable({
  metrics: { seconds: _, examplesPerSecond: __, ...metrics },
  weights,
}: Epoch): Pick<Epoch, 'weights'> & { metrics: Omit<Epoch['metrics'], 'seconds' | 'examplesPerSecond'> } {
  return { metrics, weights }
}
