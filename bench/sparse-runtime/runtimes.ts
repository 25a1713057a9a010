import { pathToFileURL } from 'node:url'
import * as tf from '@tensorflow/tfjs'
import '@tensorflow/tfjs-backend-wasm'
import type { TrainedModel } from '#formats/trained-model.ts'
import { encodeOnnx } from '#interchange/onnx/write-onnx.ts'
import { encodeTfjs } from '#interchange/tfjs/write-tfjs.ts'
import { fromNetwork, type ModelOptions } from '#runtime/src/index.ts'
import { npmWith } from '#scripts/npm-with.ts'
import { networkOf } from '#test/runtime/random-model.ts'
import { loadTfjs } from '#test/support/load-tfjs.ts'
import { openThreadedBackend } from '#workers/engine/wasm/open-threaded-backend.ts'

export const ONNX_RUNTIME = '1.30.0'
const BARE = { graph: 'logits', preprocessing: 'none' } as const

/** A model that a runtime has loaded, with examples that it computes the logits of. */
export interface Loaded {
  /** What computes. */
  name: string
  run(): Float32Array | Promise<Float32Array>
  dispose(): unknown
}

/** A model, and a batch of examples. */
export interface Inputs {
  model: TrainedModel
  batch: number
  examples: Float32Array
}

type Tensor = { data: Float32Array }
type Tensors = { Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => object }
type Session = {
  inputNames: readonly string[]
  outputNames: readonly string[]
  run(feeds: object): Promise<Record<string, Tensor>>
  release(): Promise<void>
}
type Ort = Tensors & { InferenceSession: { create(bytes: Uint8Array, options: object): Promise<Session> } }

/** Opens models with this many threads. */
export interface Runtimes {
  own(inputs: Inputs, options: ModelOptions): Promise<Loaded>
  onnxNative(inputs: Inputs): Promise<Loaded>
  onnxWeb(inputs: Inputs): Promise<Loaded>
  tensorflowJs(inputs: Inputs): Promise<Loaded>
}

export async function openRuntimes(threads: number): Promise<Runtimes> {
  const load = await npmWith([`onnxruntime-node@${ONNX_RUNTIME}`, `onnxruntime-web@${ONNX_RUNTIME}`])
  const native: Ort = load('onnxruntime-node')
  const web: Ort & { env: { wasm: { numThreads: number } } } = await import(
    pathToFileURL(load.resolve('onnxruntime-web').replace(/[^/]*$/, 'ort.node.min.mjs')).href
  )
  web.env.wasm.numThreads = threads
  if (threads > 1) {
    const backend = await openThreadedBackend(threads)
    tf.removeBackend('wasm')
    tf.registerBackend('wasm', () => backend)
  }
  await tf.setBackend('wasm')
  return {
    own: (inputs, options) => openOwn(inputs, { threads, ...options }),
    onnxNative: inputs => openOnnx(native, inputs, { intraOpNumThreads: threads, interOpNumThreads: 1 }),
    onnxWeb: inputs => openOnnx(web, inputs, { executionProviders: ['wasm'] }),
    tensorflowJs: openTensorflowJs,
  }
}

async function openOwn({ model, examples }: Inputs, options: ModelOptions): Promise<Loaded> {
  const opened = await fromNetwork(networkOf(model), options)
  return {
    name: opened.backend,
    run: () => opened.predict(examples),
    dispose: () => opened.dispose(),
  }
}

async function openOnnx(runtime: Ort, { model, batch, examples }: Inputs, options: object): Promise<Loaded> {
  const onnx = encodeOnnx(model, { weights: 'dense', ...BARE })
  const session = await runtime.InferenceSession.create(onnx, { graphOptimizationLevel: 'all', ...options })
  const input = new runtime.Tensor('float32', examples, [batch, ...model.topology.inputShape])
  const feeds = { [session.inputNames[0]!]: input }
  return {
    name: 'ONNX Runtime',
    run: async () => (await session.run(feeds))[session.outputNames[0]!]!.data,
    dispose: () => session.release(),
  }
}

async function openTensorflowJs({ model, batch, examples }: Inputs): Promise<Loaded> {
  const loaded = await loadTfjs(encodeTfjs(model, BARE))
  const input = tf.tensor(examples, [batch, ...model.topology.inputShape])
  return {
    name: 'TensorFlow.js',
    run: () =>
      tf.tidy(() => (loaded.predict(input, { batchSize: batch }) as tf.Tensor).dataSync() as Float32Array),
    dispose: () => [loaded, input].map(resource => resource.dispose()),
  }
}
