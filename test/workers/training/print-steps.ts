import { JobRequest } from '#domain/training-spec.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import { PRESET_TOPOLOGIES } from '#network/presets/preset-topologies.ts'
import { randomStream } from '#network/random.ts'
import { elementCount } from '#network/shape.ts'
import { openWebgpuEngine } from '#test/support/open-webgpu-engine.ts'
import { wholeSplit } from '#workers/data/examples.ts'
import type { EngineName } from '#workers/engine/engine.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { prepareRun } from '#workers/training/prepare.ts'
import type { StepOutcome } from '#workers/training/step.ts'

// A child of the steps' test: ENGINE PRESET BATCH TRAJECTORIES. For each of the trajectories, given as JSON, it sends the losses of its steps, and
// what they add to the weights.

interface TrajectorySpec {
  steps: number
  optimizer: object
}

const [engine, preset, batch, trajectories] = process.argv.slice(2) as [
  EngineName,
  'mnist-mlp',
  string,
  string,
]
const batchSize = Number(batch)
await (engine === 'webgpu' ? openWebgpuEngine() : openEngine(engine))
const results = []
for (const spec of JSON.parse(trajectories) as TrajectorySpec[]) results.push(await runSteps(spec))
process.send!(results, () => process.exit(0))

async function runSteps({ steps, optimizer }: TrajectorySpec) {
  const count = steps * batchSize
  const random = randomStream(5, 'test')
  const { inputShape } = PRESET_TOPOLOGIES[preset]
  const split = wholeSplit({
    x: Uint8Array.from({ length: count * elementCount(inputShape) }, () => random.below(256)),
    labels: Uint8Array.from({ length: count }, () => random.below(10)),
    count,
  })
  const { spec } = resolveSpec(JobRequest.parse({ model: { preset }, batchSize, optimizer }))
  const run = prepareRun(spec, { training: split, validation: split }, new AbortController().signal)
  const training = run.begin()
  const before = training.readWeights()
  const outcomes: StepOutcome[] = []
  for await (const batch of run.trainingBatches(1)) outcomes.push(...training.step(batch))
  outcomes.push(...training.readOutcomes())
  const losses = outcomes.map(({ sums }) => sums.lossSum)
  const changes = training
    .readWeights()
    .map(({ name, data }, index) => [name, Array.from(data, (value, i) => value - before[index]!.data[i]!)])
  return { losses, changes }
}
