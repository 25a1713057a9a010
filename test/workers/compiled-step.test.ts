import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import { PRESETS } from '#domain/presets/presets.ts'
import { randomStream } from '#domain/random.ts'
import { resolveSpec } from '#domain/resolve-spec.ts'
import { elementCount } from '#domain/shape.ts'
import { JobRequest } from '#domain/training-spec.ts'
import { variablesOf } from '#domain/variables.ts'
import { normaliser, uploadBatch } from '#workers/data/batch-tensors.ts'
import { openEagerProgram } from '#workers/engine/eager-program.ts'
import { openEngine } from '#workers/engine/engine.ts'
import { openCompiledProgram } from '#workers/engine/graph/compiled-program.ts'
import type { Program } from '#workers/engine/program.ts'
import { modelFromTopology } from '#workers/models/from-topology.ts'
import { objectiveFor } from '#workers/objective.ts'
import { transformFromSpec } from '#workers/optimizers/from-spec.ts'
import { toScalars } from '#workers/optimizers/transform.ts'
import { stepRoutine } from '#workers/train-step.ts'
import { drawWeights, toTensors } from '#workers/weights.ts'

await openEngine('native')

const STEPS = 200
const BATCH = 8
const OPTIMIZERS = [
  { name: 'grda', learningRate: 0.01, c: 0.005, mu: 0.6 },
  { name: 'grda', learningRate: 0.01, c: 0.005, mu: 0.6, exclude: ['bias'] },
  { name: 'sgd', learningRate: 0.01 },
  { name: 'sgd', learningRate: 0.01, momentum: 0.9, nesterov: true },
  { name: 'adagrad', learningRate: 0.01 },
  { name: 'adam', learningRate: 0.001, amsgrad: true },
  { name: 'rmsprop', learningRate: 0.001, momentum: 0.5 },
] as const

for (const preset of ['mnist-mlp', 'mnist-lenet'] as const) {
  for (const optimizer of OPTIMIZERS) {
    test(`${preset}: ${JSON.stringify(optimizer)} takes the same ${STEPS} steps compiled as kernel by kernel`, () => {
      const eager = trainedBy(openEagerProgram, preset, optimizer)
      const compiled = trainedBy(openCompiledProgram, preset, optimizer)
      assert.equal(compiled.losses.length, STEPS)
      compiled.losses.forEach((loss, step) => {
        expectNear(loss, eager.losses[step]!, 1e-4 * Math.abs(eager.losses[step]!), `loss of step ${step}`)
      })
      for (const [name, values] of eager.weights) {
        const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
        compiled.weights.get(name)!.forEach((value, i) => {
          expectNear(value, values[i]!, 1e-4 * largest, `${name}[${i}]`)
        })
      }
    })
  }
}

function trainedBy(
  open: (...args: Parameters<typeof openCompiledProgram>) => Program,
  preset: 'mnist-mlp' | 'mnist-lenet',
  optimizer: object,
): { losses: number[]; weights: Map<string, Float32Array> } {
  const { spec } = resolveSpec(JobRequest.parse({ model: { preset }, optimizer }))
  const { topology } = PRESETS[preset]
  const transform = transformFromSpec(spec, variablesOf(topology), STEPS)
  const step = stepRoutine({
    model: modelFromTopology(topology),
    transform,
    normalise: normaliser(undefined, 'uint8'),
    objective: objectiveFor('categoricalCrossentropy'),
  })
  const random = randomStream(3, 'test')
  let { clock } = transform
  const nextCall = () => {
    const tick = transform.tick(clock)
    clock = tick.clock
    const pixels = Uint8Array.from({ length: BATCH * elementCount(topology.inputShape) }, () =>
      random.below(256),
    )
    const labels = Int32Array.from({ length: BATCH }, () => random.below(10))
    const batch = uploadBatch(
      { x: pixels, labels, size: BATCH },
      { inputShape: topology.inputShape, dtype: 'uint8', targets: undefined },
    )
    return { routine: 'step', inputs: { ...batch, ...toScalars(tick.scalars) } }
  }
  const losses: number[] = []
  let weights = new Map<string, Float32Array>()
  tf.tidy(() => {
    const params = toTensors(drawWeights(topology, 7))
    const first = nextCall()
    const program = open({ params, ...transform.init(params) }, { step }, [first])
    for (let call = first; losses.length < STEPS; call = nextCall())
      losses.push(program.run(call).lossSum!.dataSync()[0]!)
    weights = program.read('params')
    program.dispose()
  })
  return { losses, weights }
}

function expectNear(actual: number, expected: number, tolerance: number, where: string): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${where}: ${actual} for ${expected}`)
}
