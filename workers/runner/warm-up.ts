import { JobRequest } from '#domain/training-spec.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import { wholeSplit } from '#workers/data/examples.ts'
import { prepareRun } from '#workers/training/prepare.ts'
import { readOutcome } from '#workers/training/step.ts'

const EXAMPLES = 40
const PIXELS = 784

/** V8 compiles a function after it has been called a few times. */
const REPETITIONS = 3

/** Trains a few steps on blank digits, so that everything that is loaded or compiled on first use is ready before a job starts. */
export async function warmUp(): Promise<void> {
  for (let i = 0; i < REPETITIONS; i++) await trainOnBlankDigits()
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
