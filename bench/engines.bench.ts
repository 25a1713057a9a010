import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import * as tf from '@tensorflow/tfjs-core'
import { JobRequest } from '#domain/training-spec.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import type { PresetName } from '#network/presets/preset-names.ts'
import { median } from '#test/support/median.ts'
import { writeSection } from '#test/support/write-section.ts'
import { loadSplits } from '#workers/data/load-splits.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { prepareRun } from '#workers/training/prepare.ts'

// Milliseconds of a training step (forward, backward, SGD) on each engine, as a job runs it and with tfjs's own tape:
//   npm run bench -- engines
// Each round runs every engine in a separate process and takes the median of its steps after the warm-up. The table shows the best
// round, because other work on the machine only adds time.

const ROUNDS = 5
/** Steps during which the engines and the JavaScript engine still compile. */
const WARM_UP = 30
const STEPS = 60
const LEARNING_RATE = 0.01

type Forward = (input: tf.Tensor, weights: tf.Tensor[]) => tf.Tensor

interface Workload {
  /** The same network as a preset. */
  preset: PresetName
  forward: Forward
  input: number[]
  weights: number[][]
}

const WORKLOADS: Record<string, Workload> = {
  'mlp 784-512-10, batch 128': {
    preset: 'mnist-mlp',
    forward: (x, [w1, b1, w2, b2]) => dense(tf.relu(dense(x, w1, b1)), w2, b2),
    input: [128, 784],
    weights: [[784, 512], [512], [512, 10], [10]],
  },
  'lenet, batch 64': {
    preset: 'mnist-lenet',
    forward: (x, [f1, c1, f2, c2, w1, b1, w2, b2]) => {
      const features = convAndPool(convAndPool(x, f1, c1), f2, c2)
      return dense(tf.relu(dense(tf.reshape(features, [64, 800]), w1, b1)), w2, b2)
    },
    input: [64, 28, 28, 1],
    weights: [[5, 5, 1, 20], [20], [5, 5, 20, 50], [50], [800, 500], [500], [500, 10], [10]],
  },
}

interface Peer {
  open(): Promise<unknown>
  measure(workload: Workload): number | Promise<number>
}

const PEERS: Record<string, Peer> = {
  'native, a job': { open: () => openEngine('native'), measure: measureJob },
  'wasm, a job': { open: () => openEngine('wasm'), measure: measureJob },
  'native, by tape': { open: () => openEngine('native'), measure: measureTape },
  'wasm, by tape': { open: () => openEngine('wasm'), measure: measureTape },
  'wasm as published, by tape': {
    async open() {
      await import('@tensorflow/tfjs')
      await import('@tensorflow/tfjs-backend-wasm')
      await tf.setBackend('wasm')
    },
    measure: measureTape,
  },
}

const peer = process.argv[2]
if (peer === undefined) await comparePeers()
else process.send!(await measurePeer(peer))

/** By title; NaN where the engine cannot train the model. */
type Measurements = Record<string, number>

async function comparePeers(): Promise<void> {
  const table: Record<string, Measurements> = {}
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of Object.keys(PEERS)) {
      table[name] = keepBest(table[name], await measureInProcess(name))
    }
  }
  await writeSection('Engines', report(table))
}

function report(table: Record<string, Measurements>): string {
  const titles = Object.keys(WORKLOADS)
  const rows = Object.entries(table).map(([name, measured]) => {
    const cells = titles.map(title => describeCell(measured[title]!, table['native, a job']![title]!))
    return `| ${[name, ...cells].join(' | ')} |`
  })
  return [
    "`npm run bench -- engines`: milliseconds of a training step (forward, backward, SGD), as a job runs it or with tfjs's own tape,",
    "alternating in one run; in brackets the ratio to a native job's step. Each is the median of a process's steps after the first",
    `${WARM_UP}, during which the engines and JavaScript still compile, and the best of ${ROUNDS} such processes.`,
    '',
    `| | ${titles.join(' | ')} |`,
    `| --- |${' --- |'.repeat(titles.length)}`,
    ...rows,
  ].join('\n')
}

function describeCell(milliseconds: number, native: number): string {
  if (Number.isNaN(milliseconds)) return 'does not train'
  return `${milliseconds} (${(milliseconds / native).toFixed(1)})`
}

function keepBest(best: Measurements | undefined, measured: Measurements): Measurements {
  if (best === undefined) return measured
  return Object.fromEntries(
    Object.entries(measured).map(([title, value]) => [title, Math.min(value, best[title]!)]),
  )
}

async function measureInProcess(name: string): Promise<Measurements> {
  const [measured] = await once(
    fork(fileURLToPath(import.meta.url), [name], { serialization: 'advanced' }),
    'message',
  )
  return measured
}

async function measurePeer(name: string): Promise<Measurements> {
  const { open, measure } = PEERS[name]!
  await open()
  const measured: Measurements = {}
  for (const [title, workload] of Object.entries(WORKLOADS)) {
    measured[title] = await Promise.resolve(workload)
      .then(measure)
      .then(
        milliseconds => Number(milliseconds.toFixed(1)),
        ({ message }: Error) => {
          console.error(`${name}, ${title}: ${message}`)
          return Number.NaN
        },
      )
  }
  return measured
}

async function measureJob({ preset, input }: Workload): Promise<number> {
  const [batchSize] = input as [number]
  const optimizer = { name: 'sgd', learningRate: LEARNING_RATE }
  const { spec } = resolveSpec(JobRequest.parse({ model: { preset }, optimizer, batchSize, epochs: 1 }))
  const { training: split } = await loadSplits(spec)
  const few = { ...split, indices: split.indices.subarray(0, (WARM_UP + STEPS) * batchSize) }
  const run = prepareRun(spec, { training: few, validation: few }, new AbortController().signal)
  const training = run.begin()
  const times: number[] = []
  for await (const batch of run.trainingBatches(1)) {
    const before = training.clock.step
    const startedAt = performance.now()
    training.step(batch)
    training.readOutcomes()
    if (before >= WARM_UP) times.push((performance.now() - startedAt) / (training.clock.step - before))
  }
  training.end()
  return median(times)
}

function measureTape({ forward, input, weights: shapes }: Workload): number {
  const x = tf.randomNormal(input)
  const labels = tf.oneHot(tf.tensor1d(Int32Array.from({ length: input[0]! }, (_, i) => i % 10)), 10)
  let weights = shapes.map(shape => tf.randomNormal(shape, 0, 0.05))
  const toGradients = tf.grads((...w: tf.Tensor[]) => tf.losses.softmaxCrossEntropy(labels, forward(x, w)))
  const times: number[] = []
  for (let step = 0; step < WARM_UP + STEPS; step++) {
    const start = performance.now()
    const updated = tf.tidy(() =>
      toGradients(weights).map((g, i) => tf.sub(weights[i]!, tf.mul(g, LEARNING_RATE))),
    )
    // The native engine may compute asynchronously: a step has ended when its last value is known.
    updated.at(-1)!.dataSync()
    times.push(performance.now() - start)
    tf.dispose(weights)
    weights = updated
  }
  return median(times.slice(WARM_UP))
}

function dense(x: tf.Tensor, w: tf.Tensor | undefined, b: tf.Tensor | undefined): tf.Tensor {
  return tf.add(tf.matMul(x, w!), b!)
}

function convAndPool(x: tf.Tensor, filter: tf.Tensor | undefined, bias: tf.Tensor | undefined): tf.Tensor {
  const y = tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'valid')
  return tf.maxPool(tf.relu(tf.add(y, bias!)) as tf.Tensor4D, 2, 2, 'valid')
}
