import { JobRequest } from '#domain/training-spec.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import { blankBatch, layoutFromSpec } from '#workers/data/batch-tensors.ts'
import { wholeSplit } from '#workers/data/examples.ts'
import { nativeBackend } from '#workers/engine/native/native-backend.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { prepareRun } from '#workers/training/prepare.ts'

// A child process of placement.bench.ts, with PRESET READ-EVERY in argv: trains a preset for five steps on zeros and prints as JSON what
// each call feeds and fetches.

/** A call of a TensorFlow session. */
export interface SessionCall {
  steps: number
  /** Bytes by node. */
  fedBytes: Record<string, number>
  fetched: string[]
}

const [preset, readEvery] = process.argv.slice(2)
const BATCH = 4
const STEPS = 5

await openEngine('native')
const { spec } = resolveSpec(JobRequest.parse({ model: { preset }, batchSize: BATCH }))
const batch = blankBatch(BATCH * STEPS, layoutFromSpec(spec))
const split = wholeSplit({ x: batch.x, labels: new Uint8Array(batch.size), count: batch.size })
const signal = new AbortController().signal
const run = prepareRun(spec, { training: split, validation: split }, signal, {
  readEvery: Number(readEvery),
})
const training = run.begin()
const calls: SessionCall[] = []
watchSessions()
for await (const given of run.trainingBatches(1)) {
  const [before, callsBefore] = [training.clock.step, calls.length]
  training.step(given)
  for (const call of calls.slice(callsBefore)) call.steps = training.clock.step - before
}
console.log(JSON.stringify(calls))

function watchSessions(): void {
  const backend = nativeBackend()
  const { binding } = backend
  const watched: typeof binding.runSavedModel = (session, ids, feeds, fetches) => {
    const bytes = ids.map(id => binding.tensorDataSync(id).byteLength)
    const names = feeds.split(',')
    calls.push({
      steps: 0,
      fedBytes: Object.fromEntries(bytes.map((size, index) => [names[index]!, size])),
      fetched: fetches.split(','),
    })
    return binding.runSavedModel(session, ids, feeds, fetches)
  }
  // The binding's own properties are read-only.
  Object.assign(backend, { binding: Object.create(binding, { runSavedModel: { value: watched } }) })
}
