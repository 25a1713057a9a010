import { createHash } from 'node:crypto'
import { outputCount } from '#domain/topology-of.ts'
import type { FloatTensor } from '#formats/named-tensor.ts'
import { preprocessingFor } from '#formats/preprocessing.ts'
import { resolveNetwork } from '#network/network.ts'
import type { PresetName } from '#network/presets/preset-names.ts'
import { PRESET_TOPOLOGIES } from '#network/presets/preset-topologies.ts'
import type { Topology } from '#network/topology.ts'
import type { OptimizerSpec } from '#optimization/optimizer-spec.ts'
import { PRESETS } from '#presets/preset-defaults.ts'
import { augmentedBatches } from '#workers/data/augmented-batches.ts'
import { normaliser } from '#workers/data/batch-tensors.ts'
import type { Batch } from '#workers/data/batches.ts'
import { wholeSplit } from '#workers/data/examples.ts'
import { inScope } from '#workers/engine/in-scope.ts'
import type { openProgram } from '#workers/engine/open-program.ts'
import { modelFromNetwork } from '#workers/layers/from-network.ts'
import { optimizerFromSpec } from '#workers/optimizers/from-spec.ts'
import { streamedPipeline } from '#workers/training/input-pipeline.ts'
import { objectiveFor } from '#workers/training/losses.ts'
import { drawVariables, toTensors } from '#workers/training/weights.ts'
import { drawExamples } from './draw-examples.ts'

/** All that determines a training except the engine and the kind of program. Dropout, augmentation and normalisation are the preset's. */
export interface TrajectorySpec {
  preset: PresetName
  optimizer: OptimizerSpec
  batchSize: number
  steps: number
  /** Height and width of the images in pixels, if not the preset's own. For networks that end in a global average. */
  imageSize?: number
}

/** The variables before the first step, by group: `params`, and `statistics` if the network has any. */
export type InitialValues = Record<string, FloatTensor[]>

/** What a training went through. */
export interface Trajectory {
  /** Mean loss of the batch, one for each step. */
  losses: number[]
  /** Parameters and statistics after the last step, by name. */
  variables: Map<string, Float32Array>
  /** SHA-256 of the images of all batches after augmentation. */
  digest: string
  /** Duration of each step, including that of making its batch. */
  milliseconds: number[]
}

const SEED = 7

export function drawInitialValues(spec: TrajectorySpec): InitialValues {
  return drawVariables(resolveNetwork(topologyOf(spec)), SEED)
}

/** Trains as a job does, in a program that `open` makes. */
export function runTrajectory(
  open: typeof openProgram,
  spec: TrajectorySpec,
  initial = drawInitialValues(spec),
): Trajectory {
  const batches = batchesOf(spec)
  const { program, step } = begin(open, spec, initial)
  const hash = createHash('sha256')
  const losses: number[] = []
  const milliseconds: number[] = []
  let startedAt = performance.now()
  for (const batch of batches) {
    hash.update(batch.x)
    losses.push(step(batch))
    milliseconds.push(performance.now() - startedAt)
    startedAt = performance.now()
  }
  const variables = new Map(Object.keys(initial).flatMap(group => [...program.read(group)]))
  program.dispose()
  return { losses, variables, digest: hash.digest('hex'), milliseconds }
}

function batchesOf(spec: TrajectorySpec): Iterable<Batch> {
  const { preset, batchSize, steps } = spec
  const { inputShape } = topologyOf(spec)
  const examples = drawExamples(steps * batchSize, inputShape, outputCount({ preset }), SEED)
  const { augmentation = [] } = PRESETS[preset].defaults
  return augmentedBatches(wholeSplit(examples), batchSize, { augmentation, inputShape, seed: SEED, epoch: 1 })
}

/** Like `TrainState`, which does not let its caller choose the program. */
function begin(open: typeof openProgram, spec: TrajectorySpec, initial: InitialValues) {
  const { batchSize } = spec
  const topology = topologyOf(spec)
  const { transform, ...functions } = ingredientsOf(spec, topology)
  const layout = { inputShape: topology.inputShape, dtype: 'uint8', targets: undefined } as const
  const pipeline = streamedPipeline(layout, { training: batchSize, validation: batchSize }, batchSize)
  let { clock } = transform
  const callOf = (batch: Batch, { clock: { step }, scalars }: ReturnType<typeof transform.tick>) => {
    const inputs = { ...pipeline.examples(batch), ...pipeline.changes([[SEED, step]], [scalars]) }
    return { routine: 'step', inputs }
  }
  const program = inScope(() => {
    const groups = Object.entries(initial).map(([group, weights]) => [group, toTensors(weights)] as const)
    const variables = Object.fromEntries(groups)
    const calls = [callOf(pipeline.shapes.training[0]!, transform.tick(clock))]
    const routines = pipeline.routines({ optimizer: transform, ...functions })
    return open({ ...variables, ...transform.init(variables.params!) }, routines, calls)
  })
  const step = (batch: Batch) =>
    inScope(() => {
      const tick = transform.tick(clock)
      clock = tick.clock
      return program.run(callOf(batch, tick)).lossSum!.dataSync()[0]! / batch.size
    })
  return { program, step }
}

function ingredientsOf({ preset, optimizer, steps }: TrajectorySpec, topology: Topology) {
  const rates = { optimizer, schedule: { name: 'constant' }, epochs: 1 } as const
  return {
    model: modelFromNetwork(resolveNetwork(topology)),
    transform: optimizerFromSpec(rates, resolveNetwork(topology), steps),
    normalise: normaliser(preprocessingFor(PRESETS[preset].defaults.dataset.normalize, 1 / 255), {
      dtype: 'uint8',
      inputShape: topology.inputShape,
    }),
    objective: objectiveFor('categoricalCrossentropy'),
  }
}

function topologyOf({ preset, imageSize }: TrajectorySpec): Topology {
  const topology = PRESET_TOPOLOGIES[preset]
  if (imageSize === undefined) return topology
  return { ...topology, inputShape: [imageSize, imageSize, topology.inputShape.at(-1)!] }
}
