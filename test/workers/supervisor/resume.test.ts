import assert from 'node:assert/strict'
import { test } from 'node:test'
import { JobRequest, type TrainingSpec } from '#domain/training-spec.ts'
import { type Checkpoint, decodeCheckpoint, digestWeights, encodeCheckpoint } from '#formats/checkpoint.ts'
import { FormatError } from '#formats/format-error.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import type { Split, Splits } from '#workers/data/examples.ts'
import { loadSplits } from '#workers/data/load-splits.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { type Epoch, Interruption, train } from '#workers/training/loop.ts'

await openEngine('native')

const PROVENANCE = { training: 'a training', engine: 'an engine' }
const RUNS = {
  'gRDA with a drop of the learning rate': {
    optimizer: { name: 'grda', learningRate: 0.1, c: 0.005, mu: 0.6, exclude: ['bias'] },
    schedule: { name: 'multiStep', at: [2], factor: 0.1 },
  },
  'Adam under a cosine by step': {
    optimizer: { name: 'adam', learningRate: 0.001, amsgrad: true },
    schedule: { name: 'cosine', per: 'step' },
  },
  'SGD with Nesterov momentum': {
    optimizer: { name: 'sgd', learningRate: 0.05, momentum: 0.9, nesterov: true },
  },
  'dropout and augmented images': {
    model: { preset: 'cifar10-cnn' },
    dataset: { id: 'synthetic-cifar10' },
    optimizer: { name: 'grda', learningRate: 0.01, c: 0.005, mu: 0.6 },
    batchSize: 20,
    augmentation: ['horizontalFlip', { randomCrop: { padding: 4 } }],
  },
}

function specOf(fields: object): TrainingSpec {
  return resolveSpec(JobRequest.parse({ model: { preset: 'mnist-mlp' }, epochs: 2, ...fields })).spec
}

let syntheticSplits: Splits | undefined

/** The spec's data; of the slower network's, a few. */
async function splitsOf(spec: TrainingSpec): Promise<Splits> {
  if (spec.dataset.id === 'mnist') return await loadSplits(spec)
  syntheticSplits ??= await loadSplits(spec)
  const splits = syntheticSplits
  const some = ({ examples, indices }: Split, count: number) => ({
    examples,
    indices: indices.subarray(0, count),
  })
  return { training: some(splits.training, 200), validation: some(splits.validation, 50) }
}

/** Trains until the end, or for `patienceMs` from the first step on, and gives what it left. */
async function stretch(spec: TrainingSpec, from?: Checkpoint, patienceMs?: number, readEvery?: number) {
  const splits = await splitsOf(spec)
  const stopping = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let beganAt: number | undefined
  const epochs: Epoch[] = []
  let left: Checkpoint | undefined
  try {
    for await (const message of train(spec, splits, stopping.signal, from, readEvery)) {
      beganAt ??= performance.now()
      if (patienceMs) timer ??= setTimeout(() => stopping.abort(new Interruption(true)), patienceMs)
      if (message.type === 'epoch') epochs.push(message)
      if (message.type === 'checkpoint') left = message.checkpoint
    }
  } catch (error) {
    if (!(error instanceof Interruption)) throw error
  }
  clearTimeout(timer)
  const file = encodeCheckpoint(left!, PROVENANCE)
  const milliseconds = performance.now() - beganAt!
  return { epochs, left: decodeCheckpoint(file, PROVENANCE.training).checkpoint, milliseconds }
}

/** Trains in stretches of `patienceMs`, each from where the one before left the training. */
async function trainInStretches(spec: TrainingSpec, patienceMs: number) {
  const epochs: Epoch[] = []
  let left: Checkpoint | undefined
  let stretches = 0
  while (epochs.length < spec.epochs) {
    // Outcomes are read one by one and some at once in turn: it is the same training.
    const part = await stretch(spec, left, patienceMs, stretches % 2 === 0 ? 1 : 7)
    epochs.push(...part.epochs)
    left = part.left
    stretches++
  }
  return { epochs, left, stretches }
}

for (const [name, fields] of Object.entries(RUNS)) {
  test(`${name}: left and taken up again and again, a training ends in the same bits and metrics`, async () => {
    const spec = specOf(fields)
    const undisturbed = await stretch(spec)
    let patienceMs = undisturbed.milliseconds / 6
    let run = await trainInStretches(spec, patienceMs)
    // The machine may have been busier before than it is now.
    for (let retry = 0; retry < 3 && run.stretches <= 2; retry++) {
      patienceMs /= 4
      run = await trainInStretches(spec, patienceMs)
    }
    assert.ok(run.stretches > 2, `${run.stretches} stretches`)
    assert.equal(run.left!.weights, digestWeights(undisturbed.epochs.at(-1)!.weights))
    const timeless = ({ metrics: { seconds: _, examplesPerSecond: __, ...metrics } }: Epoch) => metrics
    assert.deepEqual(run.epochs.map(timeless), undisturbed.epochs.map(timeless))
  })
}

test('a checkpoint holds one float a parameter and opens for its own training alone', async () => {
  const spec = specOf({ epochs: 1, optimizer: { name: 'grda', learningRate: 0.1, c: 0.005, mu: 0.6 } })
  const { left } = await stretch(spec)
  const file = encodeCheckpoint(left, PROVENANCE)
  assert.ok(file.length < 407_050 * 4 + 2000, `${file.length} bytes`)
  assert.throws(() => decodeCheckpoint(file, 'another training'), FormatError)
  assert.throws(() => decodeCheckpoint(file.subarray(0, file.length - 1), PROVENANCE.training), FormatError)
})

test('a checkpoint whose weights do not come out as they were is refused', async () => {
  const spec = specOf({ epochs: 1, optimizer: { name: 'grda', learningRate: 0.1, c: 0.005, mu: 0.6 } })
  const { left } = await stretch(spec)
  const altered = { ...left, state: { ...left.state, clock: { ...left.state.clock, l1: 0.2 } } }
  await assert.rejects(stretch(spec, altered), /weights computed from the checkpoint do not match/)
})
