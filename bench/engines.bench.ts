import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import * as tf from '@tensorflow/tfjs-core'
import { openEngine } from '#workers/engine/engine.ts'
import { softmaxCrossEntropy } from '#workers/engine/softmax-cross-entropy.ts'

// Milliseconds a training step (forward, backward, SGD), medians, each engine in a process of its own:
//   node --import tsx bench/engines.bench.ts [engine]

const STEPS = 30
const LEARNING_RATE = 0.01

type Forward = (input: tf.Tensor, weights: tf.Tensor[]) => tf.Tensor
type Loss = (logits: tf.Tensor2D, labels: tf.Tensor1D) => tf.Tensor

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

const ENGINES: Record<string, () => Promise<Loss>> = {
  native: async () => openEngine('native').then(() => softmaxCrossEntropy),
  wasm: async () => openEngine('wasm').then(() => softmaxCrossEntropy),
  'wasm as published': async () => {
    await import('@tensorflow/tfjs')
    await import('@tensorflow/tfjs-backend-wasm')
    await tf.setBackend('wasm')
    return (logits, labels) => tf.losses.softmaxCrossEntropy(tf.oneHot(labels, 10), logits)
  },
}

const engine = process.argv[2]
if (engine === undefined) await compareEngines()
else process.send!(await measureEngine(engine))

async function compareEngines(): Promise<void> {
  const table: Record<string, unknown> = {}
  for (const name of Object.keys(ENGINES)) {
    table[name] = await new Promise((resolve, reject) => {
      fork(fileURLToPath(import.meta.url), [name])
        .once('message', resolve)
        .once('error', reject)
    })
  }
  console.table(table)
}

async function measureEngine(name: string): Promise<Record<string, string>> {
  const loss = await ENGINES[name]!()
  const measured: Record<string, string> = {}
  for (const [title, workload] of Object.entries(WORKLOADS)) {
    try {
      measured[title] = measureSteps(workload, loss).toFixed(1)
    } catch (error) {
      measured[title] = (error as Error).message
    }
  }
  return measured
}

function measureSteps({ forward, input, weights: shapes }: Workload, loss: Loss): number {
  const x = tf.randomNormal(input)
  const labels = tf
    .range(0, input[0]!, 1, 'int32')
    .dataSync()
    .map(i => i % 10)
  const y = tf.tensor1d(labels, 'int32')
  let weights = shapes.map(shape => tf.randomNormal(shape, 0, 0.05))
  const toGradients = tf.grads((...w: tf.Tensor[]) => tf.mean(loss(forward(x, w) as tf.Tensor2D, y)))
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
