import { createHash } from 'node:crypto'
import type { OptimizerSpec } from '#domain/optimizer-spec.ts'
import { preprocessingFor } from '#domain/preprocessing.ts'
import { PRESETS } from '#domain/presets.ts'
import { outputCount } from '#domain/topology-of.ts'
import type { FloatTensor } from '#formats/named-tensor.ts'
import type { PresetName } from '#network/presets/preset-names.ts'
import { PRESET_TOPOLOGIES } from '#network/presets/preset-topologies.ts'
import type { Topology } from '#network/topology.ts'
import { variablesOf } from '#network/variables.ts'
import { normaliser } from '#workers/data/batch-tensors.ts'
import type { Batch } from '#workers/data/batches.ts'
import { wholeSplit } from '#workers/data/examples.ts'
import { variedBatches } from '#workers/data/varied-batches.ts'
import { inScope } from '#workers/engine/in-scope.ts'
import type { openProgram } from '#workers/engine/program.ts'
import { modelFromTopology } from '#workers/layers/from-topology.ts'
import { optimizerFromSpec } from '#workers/optimizers/from-spec.ts'
import { streamedPipeline } from '#workers/training/input-pipeline.ts'
import { objectiveFor } from '#workers/training/losses.ts'
import { drawVariables, toTensors } from '#workers/training/weights.ts'
import { drawExamples } from './draw-examples.ts'

/** A training told in full, but for engine and kind of program. Dropout, augmentation and normalisation are the preset's. */
export interface Course {
  preset: PresetName
  optimizer: OptimizerSpec
  batchSize: number
  steps: number
  /** Pixels of an image's side, where not the preset's own: for networks that end in a global average. */
  side?: number
}

/** What a course starts from, by group: `params`, and `statistics` where it has some. */
export type Start = Record<string, FloatTensor[]>

/** What a course came to. */
export interface Taken {
  /** Means over the batch, one a step. */
  losses: number[]
  /** Parameters and statistics after the last step, by name. */
  variables: Map<string, Float32Array>
  /** SHA-256 of the images of all batches, as they were after augmentation. */
  digest: string
  /** A step's, its batch included; one a step. */
  milliseconds: number[]
}

const SEED = 7

export function drawStart(course: Course): Start {
  return drawVariables(topologyOf(course), SEED)
}

/** Takes the steps as a job does, in a program that `open` makes. */
export function takeCourse(open: typeof openProgram, course: Course, start = drawStart(course)): Taken {
  const examples = batchesOf(course)
  const { program, step } = begin(open, course, start)
  const hash = createHash('sha256')
  const losses: number[] = []
  const milliseconds: number[] = []
  let startedAt = performance.now()
  for (const batch of examples) {
    hash.update(batch.x)
    losses.push(step(batch))
    milliseconds.push(performance.now() - startedAt)
    startedAt = performance.now()
  }
  const variables = new Map(Object.keys(start).flatMap(group => [...program.read(group)]))
  program.dispose()
  return { losses, variables, digest: hash.digest('hex'), milliseconds }
}

function batchesOf(course: Course): Iterable<Batch> {
  const { preset, batchSize, steps } = course
  const { inputShape } = topologyOf(course)
  const examples = drawExamples(steps * batchSize, inputShape, outputCount({ preset }), SEED)
  const { augmentation = [] } = PRESETS[preset].defaults
  return variedBatches(wholeSplit(examples), batchSize, { augmentation, inputShape, seed: SEED, epoch: 1 })
}

/** As workers/training.ts does it, which leaves no choice of program. */
function begin(open: typeof openProgram, course: Course, start: Start) {
  const { batchSize } = course
  const topology = topologyOf(course)
  const { transform, ...functions } = ingredientsOf(course, topology)
  const layout = { inputShape: topology.inputShape, dtype: 'uint8', targets: undefined } as const
  const pipeline = streamedPipeline(layout, { training: batchSize, validation: batchSize }, batchSize)
  let { clock } = transform
  const callOf = (batch: Batch, { clock: { step }, scalars }: ReturnType<typeof transform.tick>) => {
    const inputs = { ...pipeline.examples(batch), ...pipeline.changes([[SEED, step]], [scalars]) }
    return { routine: 'step', inputs }
  }
  const program = inScope(() => {
    const groups = Object.entries(start).map(([group, weights]) => [group, toTensors(weights)] as const)
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

function ingredientsOf({ preset, optimizer, steps }: Course, topology: Topology) {
  const rates = { optimizer, schedule: { name: 'constant' }, epochs: 1 } as const
  return {
    model: modelFromTopology(topology),
    transform: optimizerFromSpec(rates, variablesOf(topology), steps),
    normalise: normaliser(preprocessingFor(PRESETS[preset].defaults.dataset.normalize, 1 / 255), {
      dtype: 'uint8',
      inputShape: topology.inputShape,
    }),
    objective: objectiveFor('categoricalCrossentropy'),
  }
}

function topologyOf({ preset, side }: Course): Topology {
  const topology = PRESET_TOPOLOGIES[preset]
  if (side === undefined) return topology
  return { ...topology, inputShape: [side, side, topology.inputShape.at(-1)!] }
}
