import * as tf from '@tensorflow/tfjs-core'
import { isRecurrent } from '#network/layers/recurrent.ts'
import type { Network } from '#network/network.ts'
import { stepFlops } from '#network/step-flops.ts'
import { type BatchLayout, blankBatch, uploadBatch } from '#workers/data/batch-tensors.ts'
import { type Batch, batchSizes, wholeBatch } from '#workers/data/batches.ts'
import type { Examples, Split } from '#workers/data/examples.ts'
import { type Pace, type Rows, rowShapes } from '#workers/data/rows.ts'
import type { Routines, Variables } from '#workers/engine/program.ts'
import { type Scalars, toScalars } from '#workers/optimizers/optimizer.ts'
import { evaluationRoutine, type StepFunctions, stepRoutine, stepsRoutine } from './step.ts'

/** How batches reach the program of a training: streamed one by one, or as row indices into examples on the device. */
export interface InputPipeline<Kind> {
  routines(functions: StepFunctions): Routines
  /** Examples that are variables of the program, by group, out of these groups. */
  hold(groups?: readonly HeldGroup[]): Variables
  /** One batch of each shape that will occur. */
  shapes: { training: readonly Kind[]; validation: readonly Kind[] }
  stepsOf(batch: Kind): number
  /** The inputs of a call that provide its examples. */
  examples(batch: Kind): tf.NamedTensorMap
  /** The inputs of a call that differ from step to step: the seeds [steps, 2] of the passes and the scalars of the ticks. */
  changes(seeds: readonly number[][], scalars: readonly Scalars[]): tf.NamedTensorMap
}

/** The number of examples in each split. */
export interface Counts {
  training: number
  validation: number
}

/** Uploads every batch when its step is taken. */
export function streamedPipeline(
  layout: BatchLayout,
  counts: Counts,
  batchSize: number,
): InputPipeline<Batch> {
  const shapesOf = (count: number) => batchSizes(count, batchSize).map(size => blankBatch(size, layout))
  return {
    routines: functions => ({ step: stepRoutine(functions), evaluate: evaluationRoutine(functions) }),
    hold: () => ({}),
    shapes: { training: shapesOf(counts.training), validation: shapesOf(counts.validation) },
    stepsOf: () => 1,
    examples: batch => uploadBatch(batch, layout),
    changes: ([seed], [scalars]) => ({ seed: tf.tensor1d(seed!, 'int32'), ...toScalars(scalars!) }),
  }
}

/** Splits that are small enough to stay on the device as a whole. */
export interface HeldSplits {
  training: Split<Examples>
  validation: Split<Examples>
}

const MOST_HELD_BYTES = 2 ** 28

/** Whether the splits can stay on the device: they are small and in memory, and the engine runs graphs, which gather examples by index. */
export function canHold(splits: { training: Split; validation: Split }): splits is HeldSplits {
  const bytes = [splits.training, splits.validation].map(({ examples, indices }) =>
    'x' in examples ? (examples.x.byteLength / examples.count) * indices.length : Number.POSITIVE_INFINITY,
  )
  return tf.getBackend() === 'tensorflow' && bytes[0]! + bytes[1]! <= MOST_HELD_BYTES
}

/** Steps per call by the operations of a step: the first row whose limit is not reached. More steps gain little, and take longer to compile. */
const PACES = [
  { belowFlops: 2.5e8, steps: 8 },
  { belowFlops: 2e9, steps: 4 },
]

/**
 * A call takes a tenth of a millisecond outside TensorFlow, so short steps share one call. The graph of a recurrent layer is long enough by
 * itself.
 */
export function stepsPerCall(network: Network, batchSize: number): number {
  const isLong = network.topology.layers.some(isRecurrent)
  if (isLong) return 1
  const flops = stepFlops(network) * batchSize
  return PACES.find(({ belowFlops }) => flops < belowFlops)?.steps ?? 1
}

type HeldGroup = keyof HeldSplits

const BOTH: readonly HeldGroup[] = ['training', 'validation']

/** The groups of variables that contain examples, which no step changes. */
export const HELD_GROUPS: ReadonlySet<string> = new Set(BOTH)

/** Uploads all examples once. The input of a call is the indices of its examples, for several steps at a time. */
export function heldPipeline(layout: BatchLayout, splits: HeldSplits, pace: Pace): InputPipeline<Rows> {
  const { training, validation } = splits
  const upload = (split: Split<Examples>) => {
    const whole = wholeBatch(split)
    const { x, labels } = uploadBatch(whole, layout)
    return { x, labels: layout.targets === undefined ? tf.tensor1d(Float32Array.from(whole.labels)) : labels }
  }
  return {
    routines: functions => {
      const { optimizer } = functions
      const names = Object.keys(optimizer.tick(optimizer.clock).scalars)
      return { step: stepsRoutine(functions, names), evaluate: evaluationRoutine(functions) }
    },
    hold: (groups = BOTH) => Object.fromEntries(groups.map(group => [group, upload(splits[group])])),
    shapes: {
      training: rowShapes(training.indices.length, pace),
      validation: rowShapes(validation.indices.length, { ...pace, stepsPerCall: 1 }),
    },
    stepsOf: ({ steps }) => steps,
    examples: ({ rows, steps, size }) => ({ rows: tf.tensor(rows, [steps, size], 'int32') }),
    changes: (seeds, scalars) => ({
      seeds: tf.tensor2d([...seeds], undefined, 'int32'),
      numbers: tf.tensor2d(scalars.map(record => Object.values(record))),
    }),
  }
}
