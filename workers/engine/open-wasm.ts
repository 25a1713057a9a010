import * as tf from '@tensorflow/tfjs-core'
// Registers the gradients, which tfjs-core leaves out.
import '@tensorflow/tfjs'
import { getThreadsCount, version_wasm } from '@tensorflow/tfjs-backend-wasm'
import type { Engine } from './engine.ts'
import { registerReluGradient } from './relu-gradient.ts'
import { batchMatMul } from './wasm/batch-mat-mul.ts'
import { conv2dBackpropFilter } from './wasm/conv2d-backprop-filter.ts'
import { conv2dBackpropInput } from './wasm/conv2d-backprop-input.ts'
import { maxPoolGrad } from './wasm/max-pool-grad.ts'
import { openThreadedBackend } from './wasm/open-threaded-backend.ts'
import { mean, sum } from './wasm/reduce-leading-axes.ts'
import { registerKernel } from './wasm/register-kernel.ts'
import { reluGrad } from './wasm/relu-grad.ts'
import { sparseSoftmaxCrossEntropy } from './wasm/sparse-softmax-cross-entropy.ts'

/** Opens the WebAssembly engine. */
export async function openWasm(threads: number): Promise<Engine> {
  registerKernel(batchMatMul)
  registerKernel(conv2dBackpropFilter)
  registerKernel(conv2dBackpropInput)
  registerKernel(maxPoolGrad)
  registerKernel(mean)
  registerKernel(reluGrad)
  registerKernel(sparseSoftmaxCrossEntropy)
  registerKernel(sum)
  registerReluGradient()
  tf.removeBackend('wasm')
  const backend = await openThreadedBackend(threads)
  tf.registerBackend('wasm', () => backend)
  await tf.setBackend('wasm')
  return {
    name: 'wasm',
    device: 'cpu',
    version: `tfjs-backend-wasm ${version_wasm}`,
    threads: getThreadsCount(),
  }
}
