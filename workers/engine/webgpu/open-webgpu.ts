import { createRequire } from 'node:module'
import * as tf from '@tensorflow/tfjs-core'
// Registers the gradients, which tfjs-core does not.
import '@tensorflow/tfjs'
import type { Engine } from '#workers/engine/engine.ts'
import {
  batchNormalizationGrad,
  batchNormalizationTraining,
} from '#workers/engine/portable/batch-normalization.ts'
import { reluGrad } from '#workers/engine/portable/relu-grad.ts'
import { sparseSoftmaxCrossEntropy } from '#workers/engine/portable/sparse-softmax-cross-entropy.ts'
import { statelessRandomUniform } from '#workers/engine/portable/stateless-random-uniform.ts'
import { unsortedSegmentSum } from '#workers/engine/portable/unsorted-segment-sum.ts'
import { registerKernel } from '#workers/engine/register-kernel.ts'
import { sigmoidGrad, tanhGrad } from './activation-gradients.ts'
import { avgPoolGrad } from './avg-pool-grad.ts'
import { maxPoolGrad } from './max-pool-grad.ts'
import { openDawn } from './open-dawn.ts'

const { version } = createRequire(import.meta.url)('webgpu/package.json') as { version: string }

/** Opens the WebGPU engine, on a device of any vendor. @throws Error when the machine has none that Dawn can open */
export async function openWebgpu(): Promise<Engine> {
  const { backend, info } = await openDawn()
  registerKernel('webgpu', avgPoolGrad)
  registerKernel('webgpu', batchNormalizationGrad)
  registerKernel('webgpu', batchNormalizationTraining)
  registerKernel('webgpu', maxPoolGrad)
  registerKernel('webgpu', reluGrad)
  registerKernel('webgpu', sigmoidGrad)
  registerKernel('webgpu', sparseSoftmaxCrossEntropy)
  registerKernel('webgpu', statelessRandomUniform)
  registerKernel('webgpu', tanhGrad)
  registerKernel('webgpu', unsortedSegmentSum)
  // Otherwise small operations on values that are still on the host run there, and a resumed training gets different bits.
  tf.env().set('WEBGPU_CPU_FORWARD', false)
  tf.registerBackend('webgpu', () => backend)
  await tf.setBackend('webgpu')
  return {
    name: 'webgpu',
    device: info.isFallbackAdapter ? 'cpu' : info.device || info.description,
    version: `Dawn ${version} on ${info.description}`,
    threads: 1,
  }
}
