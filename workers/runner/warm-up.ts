import { JobRequest } from '#domain/training-spec.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import { wholeSplit } from '#workers/data/examples.ts'
import { prepareRun } from '#workers/training/prepare.ts'
import { readOutcome } from '#workers/training/step.ts'

const EXAMPLES = 40
const PIXELS = 784

/** Beginning is what a job waits for, and what V8 compiles after some times. */
const TIMES = 3

/** Trains a little on blank digits, so that whatever starts or compiles at its first uses has done so before a job comes. */
export async function warmUp(): Promise<void> {
  for (let time = 0; time < TIMES; time++) await trainOnBlankDigits()
}

async function trainOnBlankDigits(): Promise<void> {
  const { spec } = resolveSpec(JobRequest.parse({ model: { preset: 'mnist-mlp' }, batchSize: 4 }))
  const blank = wholeSplit({
    x: new Uint8Array(EXAMPLES * PIXELS),
    labels: new Uint8Array(EXAMPLES),
    count: EXAMPLES,
  })
  const run = prepareRun(spec, { training: blank, validation: blank }, new AbortController().signal)
  const training = run.begin()
  for await (const batch of run.trainingBatches(1)) training.step(batch)
  training.readOutcomes()
  for await (const batch of run.validationBatches()) readOutcome(training.evaluate(batch))
  training.end()
}
