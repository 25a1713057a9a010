import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import * as tf from '@tensorflow/tfjs-core'
import { openEngine } from '#workers/engine/engine.ts'
import { writeSection } from './write-section.ts'

// Milliseconds a training step (forward, backward, SGD) on each engine, side by side:
//   npm run bench -- engines
// Each round gives every engine a process of its own and takes the median of its steps; the table has the best round,
// since other work on the machine only ever adds time.

const ROUNDS = 5
const STEPS = 30
const LEARNING_RATE = 0.01

type Forward = (input: tf.Tensor, weights: tf.Tensor[]) => tf.Tensor

interface Workload {
  forward: Forward
  input: number[]
  weights: number[][]
}

const WORKLOADS: Record<string, Workload> = {
  'mlp 784-512-10, batch 128': {
    forward: (x, [w1, b1, w2, b2]) => dense(tf.relu(dense(x, w1, b1)), w2, b2),
    input: [128, 784],
    weights: [[784, 512], [512], [512, 10], [10]],
  },
  'lenet, batch 64': {
    forward: (x, [f1, c1, f2, c2, w1, b1, w2, b2]) => {
      const features = convAndPool(convAndPool(x, f1, c1), f2, c2)
      return dense(tf.relu(dense(tf.reshape(features, [64, 800]), w1, b1)), w2, b2)
    },
    input: [64, 28, 28, 1],
    weights: [[5, 5, 1, 20], [20], [5, 5, 20, 50], [50], [800, 500], [500], [500, 10], [10]],
  },
}

const ENGINES: Record<string, () => Promise<unknown>> = {
  native: () => openEngine('native'),
  wasm: () => openEngine('wasm'),
  'wasm as published': async () => {
    await import('@tensorflow/tfjs')
    await import('@tensorflow/tfjs-backend-wasm')
    await tf.setBackend('wasm')
  },
}

const engine = process.argv[2]
if (engine === undefined) await compareEngines()
else process.send!(await measureEngine(engine))

/** NaN where the engine cannot train the model. */
type Measurements = Record<string, number>

async function compareEngines(): Promise<void> {
  const table: Record<string, Measurements> = {}
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of Object.keys(ENGINES)) {
      table[name] = keepBest(table[name], await measureInProcess(name))
    }
  }
  await writeSection('Engines', report(table))
}

function report(table: Record<string, Measurements>): string {
  const titles = Object.keys(WORKLOADS)
  const rows = Object.entries(table).map(([name, measured]) => {
    const cells = titles.map(title => describeCell(measured[title]!, table.native![title]!))
    return `| ${[name, ...cells].join(' | ')} |`
  })
  return [
    '`npm run bench -- engines`: milliseconds a training step (forward, backward by the tape, SGD), all engines alternating in one run,',
    'and in brackets how many times the native step that is.',
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

async function measureEngine(name: string): Promise<Measurements> {
  await ENGINES[name]!()
  return Object.fromEntries(
    Object.entries(WORKLOADS).map(([title, workload]) => {
      try {
        return [title, Number(measureSteps(workload).toFixed(1))]
      } catch (error) {
        console.error(`${name}, ${title}: ${(error as Error).message}`)
        return [title, Number.NaN]
      }
    }),
  )
}

function measureSteps({ forward, input, weights: shapes }: Workload): number {
  const x = tf.randomNormal(input)
  const labels = tf.oneHot(tf.tensor1d(Int32Array.from({ length: input[0]! }, (_, i) => i % 10)), 10)
  let weights = shapes.map(shape => tf.randomNormal(shape, 0, 0.05))
  const toGradients = tf.grads((...w: tf.Tensor[]) => tf.losses.softmaxCrossEntropy(labels, forward(x, w)))
  const times: number[] = []
  for (let step = 0; step < STEPS; step++) {
    const start = performance.now()
    const updated = tf.tidy(() =>
      toGradients(weights).map((g, i) => tf.sub(weights[i]!, tf.mul(g, LEARNING_RATE))),
    )
    // Native computes while JavaScript goes on: a step is over when its last value is known.
    updated.at(-1)!.dataSync()
    times.push(performance.now() - start)
    tf.dispose(weights)
    weights = updated
  }
  return times.sort((a, b) => a - b)[STEPS / 2]!
}

function dense(x: tf.Tensor, w: tf.Tensor | undefined, b: tf.Tensor | undefined): tf.Tensor {
  return tf.add(tf.matMul(x, w!), b!)
}

function convAndPool(x: tf.Tensor, filter: tf.Tensor | undefined, bias: tf.Tensor | undefined): tf.Tensor {
  const y = tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'valid')
  return tf.maxPool(tf.relu(tf.add(y, bias!)) as tf.Tensor4D, 2, 2, 'valid')
}
