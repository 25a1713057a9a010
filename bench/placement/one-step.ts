import { resolveSpec } from '#domain/resolve-spec.ts'
import { JobRequest } from '#domain/training-spec.ts'
import { blankBatch, layoutFromSpec } from '#workers/data/batch-tensors.ts'
import { wholeSplit } from '#workers/data/examples.ts'
import { openEngine } from '#workers/engine/engine.ts'
import { readOutcome } from '#workers/train-step.ts'
import { prepareRun } from '#workers/training-run.ts'

// Takes one step of the preset that argv names, on a batch of zeros, for whoever watches TensorFlow do it.

await openEngine('native')
const { spec } = resolveSpec(JobRequest.parse({ model: { preset: process.argv[2] }, batchSize: 4 }))
const batch = blankBatch(spec.batchSize, layoutFromSpec(spec))
const split = wholeSplit({ x: batch.x, labels: new Uint8Array(batch.size), count: batch.size })
const run = prepareRun(spec, { training: split, validation: split }, new AbortController().signal)
const training = run.begin()
for await (const rows of run.trainingBatches(1)) readOutcome(training.step(rows))
