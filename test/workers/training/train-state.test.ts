import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TrainingState } from '#formats/checkpoint.ts'
import { preprocessingFor } from '#formats/preprocessing.ts'
import { resolveNetwork } from '#network/network.ts'
import { PRESET_TOPOLOGIES } from '#network/presets/preset-topologies.ts'
import { randomStream } from '#network/random.ts'
import { elementCount } from '#network/shape.ts'
import { normaliser } from '#workers/data/batch-tensors.ts'
import type { Batch } from '#workers/data/batches.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { modelFromNetwork } from '#workers/layers/from-network.ts'
import { adamw } from '#workers/optimizers/adamw.ts'
import { clipByGlobalNorm } from '#workers/optimizers/clip-by-global-norm.ts'
import {
  chain,
  masked,
  optimizerOf,
  scaleByLearningRate,
  transformGradients,
} from '#workers/optimizers/gradient-transform.ts'
import { grdaExcluding } from '#workers/optimizers/grda.ts'
import { accumulateMomentum } from '#workers/optimizers/momentum.ts'
import type { Optimizer } from '#workers/optimizers/optimizer.ts'
import { partition } from '#workers/optimizers/partition.ts'
import { momentumSgd, sgd } from '#workers/optimizers/sgd.ts'
import { streamedPipeline } from '#workers/training/input-pipeline.ts'
import { objectiveFor } from '#workers/training/losses.ts'
import { TrainState } from '#workers/training/train-state.ts'
import { drawVariables } from '#workers/training/weights.ts'

await openEngine('native')

const SIZE = 8
const topology = PRESET_TOPOLOGIES['mnist-mlp']
const isBias = (variable: string) => variable.endsWith('/bias')
const rate = (step: number) => 0.1 / step
const ADAMW = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7, amsgrad: false, weightDecay: 0.1 }

const OPTIMIZERS: Record<string, Optimizer> = {
  'AdamW with clipped gradients': transformGradients(
    clipByGlobalNorm(0.5),
    adamw(ADAMW, rate, variable => !isBias(variable)),
  ),
  'gRDA that excludes biases': grdaExcluding(isBias, { c: 0.005, mu: 0.6, clock: 'steps' }, rate),
  'momentum for kernels and plain SGD for biases': partition(
    { kernels: momentumSgd({ momentum: 0.9, nesterov: false }, rate), biases: sgd(rate) },
    variable => (isBias(variable) ? 'biases' : 'kernels'),
  ),
  'momentum masked to biases': optimizerOf(
    chain(scaleByLearningRate(rate), masked(accumulateMomentum({ momentum: 0.5 }), isBias)),
  ),
}

function open(optimizer: Optimizer, from?: TrainingState) {
  const network = resolveNetwork(topology)
  const layout = { inputShape: topology.inputShape, dtype: 'uint8', targets: undefined } as const
  const functions = {
    model: modelFromNetwork(network),
    optimizer,
    objective: objectiveFor('categoricalCrossentropy'),
    normalise: normaliser(preprocessingFor(undefined, 1 / 255), layout),
  }
  const pipeline = streamedPipeline(layout, { training: SIZE, validation: SIZE }, SIZE)
  const start = from ?? { clock: optimizer.clock, variables: drawVariables(network, 3) }
  return new TrainState(functions, start, { network, pipeline, seed: 3 })
}

function batch(step: number): Batch {
  const random = randomStream(step, 'test')
  return {
    x: Uint8Array.from({ length: SIZE * elementCount(topology.inputShape) }, () => random.below(256)),
    labels: Int32Array.from({ length: SIZE }, () => random.below(10)),
    size: SIZE,
  }
}

for (const [name, optimizer] of Object.entries(OPTIMIZERS)) {
  test(`a compiled training with ${name} continues from its state bit for bit`, () => {
    const undisturbed = open(optimizer)
    for (let step = 1; step <= 6; step++) undisturbed.step(batch(step))
    const first = open(optimizer)
    for (let step = 1; step <= 3; step++) first.step(batch(step))
    const state = first.readState()
    first.end()
    const second = open(optimizer, state)
    for (let step = 4; step <= 6; step++) second.step(batch(step))
    assert.deepEqual(second.readState(), undisturbed.readState())
    assert.deepEqual(second.readWeights(), undisturbed.readWeights())
    assert.equal(second.clock.step, 6)
    second.end()
    undisturbed.end()
  })
}
