import { PRESETS } from '#domain/presets/presets.ts'
import { randomStream } from '#domain/random.ts'
import { resolveSpec } from '#domain/resolve-spec.ts'
import { elementCount } from '#domain/shape.ts'
import { JobRequest } from '#domain/training-spec.ts'
import { openWebgpuEngine } from '#test/workers/engine/open-webgpu-engine.ts'
import { wholeSplit } from '#workers/data/examples.ts'
import { type EngineName, openEngine } from '#workers/engine/engine.ts'
import { readOutcome } from '#workers/train-step.ts'
import { prepareRun } from '#workers/training-run.ts'

// A child of the steps' test: ENGINE PRESET STEPS BATCH, sends the losses, and the weights that the steps lead to.

const [engine, preset, steps, batchSize] = process.argv.slice(2) as [EngineName, 'mnist-mlp', string, string]
await (engine === 'webgpu' ? openWebgpuEngine() : openEngine(engine))
const count = Number(steps) * Number(batchSize)
const random = randomStream(5, 'test')
const { inputShape } = PRESETS[preset].topology
const split = wholeSplit({
  x: Uint8Array.from({ length: count * elementCount(inputShape) }, () => random.below(256)),
  labels: Uint8Array.from({ length: count }, () => random.below(10)),
  count,
})
const { spec } = resolveSpec(JobRequest.parse({ model: { preset }, batchSize: Number(batchSize) }))
const run = prepareRun(spec, { training: split, validation: split }, new AbortController().signal)
const training = run.begin()
const losses: number[] = []
for await (const batch of run.trainingBatches(1)) losses.push(readOutcome(training.step(batch)).lossSum)
const weights = training.readWeights().map(({ name, data }) => [name, [...data]])
process.send!({ losses, weights }, () => process.exit(0))
