import * as tf from '@tensorflow/tfjs-core'
// Registers the gradients, which tfjs-core does not.
import '@tensorflow/tfjs'
import { type BackendWasm, getThreadsCount, version_wasm } from '@tensorflow/tfjs-backend-wasm'
import type { Engine } from '#workers/engine/engine.ts'
import {
  batchNormalizationGrad,
  batchNormalizationTraining,
} from '#workers/engine/portable/batch-normalization.ts'
import { reluGrad } from '#workers/engine/portable/relu-grad.ts'
import { statelessRandomUniform } from '#workers/engine/portable/stateless-random-uniform.ts'
import { unsortedSegmentSum } from '#workers/engine/portable/unsorted-segment-sum.ts'
import { registerKernel } from '#workers/engine/register-kernel.ts'
import { sigmoidGrad, tanhGrad } from './activation-gradients.ts'
import { avgPoolGrad } from './avg-pool-grad.ts'
import { batchMatMul } from './batch-mat-mul.ts'
import { conv2dBackpropFilter } from './conv2d-backprop-filter.ts'
import { conv2dBackpropInput } from './conv2d-backprop-input.ts'
import { depthwiseBackpropFilter, depthwiseBackpropInput } from './depthwise-conv2d-backprop.ts'
import { fusedMatMul } from './fused-mat-mul.ts'
import { identity } from './identity.ts'
import { maxPoolGrad } from './max-pool-grad.ts'
import { openThreadedBackend } from './open-threaded-backend.ts'
import { mean, sum } from './reduce-leading-axes.ts'
import { refuseFailedAllocations } from './refuse-failed-allocations.ts'
import { samePadding } from './same-padding.ts'
import { sparseSoftmaxCrossEntropy } from './sparse-softmax-cross-entropy.ts'
import { transpose } from './transpose.ts'

/** Opens the WebAssembly engine, with one thread if the machine does not support shared memory. */
export async function openWasm(threads: number): Promise<Engine> {
  registerKernel('wasm', avgPoolGrad)
  registerKernel('wasm', batchMatMul)
  registerKernel('wasm', batchNormalizationGrad)
  registerKernel('wasm', batchNormalizationTraining)
  registerKernel('wasm', conv2dBackpropFilter)
  registerKernel('wasm', conv2dBackpropInput)
  registerKernel('wasm', depthwiseBackpropFilter)
  registerKernel('wasm', depthwiseBackpropInput)
  registerKernel('wasm', fusedMatMul)
  registerKernel('wasm', identity)
  registerKernel('wasm', maxPoolGrad)
  registerKernel('wasm', mean)
  registerKernel('wasm', reluGrad)
  for (const kernel of samePadding) registerKernel('wasm', kernel)
  registerKernel('wasm', sigmoidGrad)
  registerKernel('wasm', sparseSoftmaxCrossEntropy)
  registerKernel('wasm', statelessRandomUniform)
  registerKernel('wasm', sum)
  registerKernel('wasm', tanhGrad)
  registerKernel('wasm', transpose)
  registerKernel('wasm', unsortedSegmentSum)
  const removeNewListeners = watchFaultListeners()
  if (threads > 1) await preferThreadedBackend(threads)
  if (!(await tf.setBackend('wasm'))) throw new Error('the WebAssembly binary does not start')
  removeNewListeners()
  refuseFailedAllocations(tf.backend() as BackendWasm)
  return {
    name: 'wasm',
    device: 'cpu',
    version: `tfjs-backend-wasm ${version_wasm}`,
    threads: getThreadsCount(),
  }
}

/** Replaces the single-threaded backend that the package registered, unless the threaded one fails to start. */
async function preferThreadedBackend(threads: number): Promise<void> {
  const backend = await openThreadedBackend(threads).catch(() => undefined)
  if (backend === undefined) return
  tf.removeBackend('wasm')
  tf.registerBackend('wasm', () => backend)
}

/**
 * The binary's loader adds listeners that rethrow every uncaught error of the process, but a runner has its own.
 *
 * @returns the function that removes all listeners added since this call
 */
function watchFaultListeners(): () => void {
  const exceptions = process.listeners('uncaughtException')
  const rejections = process.listeners('unhandledRejection')
  return () => {
    for (const listener of process.listeners('uncaughtException')) {
      if (!exceptions.includes(listener)) process.off('uncaughtException', listener)
    }
    for (const listener of process.listeners('unhandledRejection')) {
      if (!rejections.includes(listener)) process.off('unhandledRejection', listener)
    }
  }
}
