import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { WorkloadFile } from '#bench/train-step/workloads.ts'
import type { FloatTensor } from '#formats/named-tensor.ts'
import { preprocessingFor } from '#formats/preprocessing.ts'
import { decodeSafetensors } from '#formats/safetensors.ts'
import { resolveNetwork } from '#network/network.ts'
import { augmentedBatches } from '#workers/data/augmented-batches.ts'
import { normaliser } from '#workers/data/batch-tensors.ts'
import { wholeSplit } from '#workers/data/examples.ts'
import { rowsInOrder } from '#workers/data/rows.ts'
import { nativeBackend } from '#workers/engine/native/native-backend.ts'
import { ownOpsMilliseconds } from '#workers/engine/native/own-ops.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { modelFromNetwork } from '#workers/layers/from-network.ts'
import { optimizerFromSpec } from '#workers/optimizers/from-spec.ts'
import {
  heldPipeline,
  type InputPipeline,
  stepsPerCall,
  streamedPipeline,
} from '#workers/training/input-pipeline.ts'
import { objectiveFor } from '#workers/training/losses.ts'
import type { StepOutcome } from '#workers/training/step.ts'
import { type SizedBatch, TrainState } from '#workers/training/train-state.ts'

// Thresher takes steps as its runners do, with FOLDER [sgd | augmented] in argv. workload.py describes the protocol; the replies also have
// the seconds spent waiting for batches and inside TensorFlow, and the milliseconds of each of Thresher's own ops.

/** Steps in the epoch of augmented images: more than any caller requests. */
const MANY_STEPS = 10_000
const [folder, variant] = process.argv.slice(2) as [string, 'sgd' | 'augmented' | undefined]
const spec: WorkloadFile = JSON.parse(await readFile(join(folder, 'workload.json'), 'utf8'))
const { version, device } = await openEngine('native', spec.threads)
const inside = timeInsideTensorFlow()
const pixels = await readFile(join(folder, 'images.u8'))
const labels = new Int32Array(new Uint8Array(await readFile(join(folder, 'labels.i32'))).buffer)
const split = wholeSplit({ x: pixels, labels: Uint8Array.from(labels), count: labels.length })
const { topology, batchSize } = spec
const network = resolveNetwork(topology)
const pace = { batchSize, stepsPerCall: stepsPerCall(network, batchSize) }
const layout = { inputShape: topology.inputShape, dtype: 'uint8', targets: undefined } as const
const { training, nextBatches }: Session =
  variant === 'augmented' ? beginStreamed(await readWeights()) : beginHeld(await readWeights())
console.log(JSON.stringify({ version: `${version}, ${device}` }))
for await (const line of createInterface({ input: process.stdin }))
  console.log(JSON.stringify(runSteps(JSON.parse(line).steps)))
training.end()

type Variables = Record<string, FloatTensor[]>

interface Session {
  training: TrainState
  nextBatches(steps: number): Iterator<SizedBatch>
}

function runSteps(steps: number) {
  const startedAt = performance.now()
  const insideBefore = inside.milliseconds
  const ownBefore = ownOpsMilliseconds()
  let waited = 0
  const outcomes: StepOutcome[] = []
  const queue = nextBatches(steps)
  for (;;) {
    const askedAt = performance.now()
    const next = queue.next()
    waited += performance.now() - askedAt
    if (next.done) break
    outcomes.push(...training.step(next.value))
  }
  outcomes.push(...training.readOutcomes())
  const losses = outcomes.map(({ sums }) => sums.lossSum / batchSize)
  return {
    seconds: (performance.now() - startedAt) / 1000,
    losses,
    dataSeconds: waited / 1000,
    tensorflowSeconds: (inside.milliseconds - insideBefore) / 1000,
    ownMs: Object.fromEntries(
      Object.entries(ownOpsMilliseconds()).map(([op, after]) => [op, after - ownBefore[op]!]),
    ),
  }
}

/** The indices of the examples of some steps, which cycle through all batches. @param from index of the first step */
function indicesOf(from: number, steps: number): Uint32Array {
  return Uint32Array.from({ length: steps * batchSize }, (_, i) => (from * batchSize + i) % labels.length)
}

async function readWeights(): Promise<Variables> {
  const { tensors } = decodeSafetensors(await readFile(join(folder, 'weights.safetensors')))
  const isStatistic = ({ name }: { name: string }) => name.includes('/moving')
  const statistics = tensors.filter(isStatistic) as FloatTensor[]
  const params = tensors.filter(tensor => !isStatistic(tensor)) as FloatTensor[]
  return { params, ...(statistics.length > 0 && { statistics }) }
}

/** Begins a training on a small dataset, which is held on the device. */
function beginHeld(variables: Variables) {
  const pipeline = heldPipeline(layout, { training: split, validation: split }, pace)
  const training = begin(pipeline, variables)
  const nextBatches = (steps: number) => rowsInOrder(indicesOf(training.clock.step, steps), pace)
  return { training, nextBatches }
}

/** Begins a training with the preset's augmentation, whose batches are streamed to the device. */
function beginStreamed(variables: Variables) {
  const { length: count } = labels
  const pipeline = streamedPipeline(layout, { training: count, validation: count }, batchSize)
  const epochAugmentation = {
    augmentation: spec.augmentation,
    inputShape: topology.inputShape,
    seed: 1,
    epoch: 1,
  }
  const epoch = augmentedBatches(
    { examples: split.examples, indices: indicesOf(0, MANY_STEPS) },
    batchSize,
    epochAugmentation,
  )
  const nextBatches = function* (steps: number) {
    for (let step = 0; step < steps; step++) yield epoch.next().value!
  }
  return { training: begin(pipeline, variables), nextBatches }
}

function begin<Kind extends SizedBatch>(pipeline: InputPipeline<Kind>, variables: Variables) {
  const { optimizer: grda, mean, std } = spec
  const { learningRate } = grda
  const optimizer =
    variant === 'sgd' ? ({ name: 'sgd', learningRate, momentum: 0, nesterov: false } as const) : grda
  const transform = optimizerFromSpec({ optimizer, schedule: { name: 'constant' }, epochs: 1 }, network, 1)
  const functions = {
    model: modelFromNetwork(network),
    optimizer: transform,
    objective: objectiveFor('categoricalCrossentropy'),
    normalise: normaliser(preprocessingFor({ mean, std }, 1 / 255), layout),
  }
  return new TrainState(functions, { clock: transform.clock, variables }, { network, pipeline, seed: 1 })
}

/** Sums the milliseconds of all calls of TensorFlow's sessions. */
function timeInsideTensorFlow(): { milliseconds: number } {
  const backend = nativeBackend()
  const { binding } = backend
  const spent = { milliseconds: 0 }
  const timed: typeof binding.runSavedModel = (...call) => {
    const startedAt = performance.now()
    const outputs = binding.runSavedModel(...call)
    spent.milliseconds += performance.now() - startedAt
    return outputs
  }
  // The binding's own properties are read-only.
  Object.assign(backend, { binding: Object.create(binding, { runSavedModel: { value: timed } }) })
  return spent
}
