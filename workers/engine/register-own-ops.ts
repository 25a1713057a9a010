import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import * as tf from '@tensorflow/tfjs-core'
import { GRDA_STEP } from './grda-step.ts'
import type { NativeBackend } from './native-backend.ts'

const require = createRequire(import.meta.url)

/**
 * Adds the ops of `native/` to TensorFlow, where setup has compiled them. They run on processors; a GPU takes the same step in
 * TensorFlow's own kernels, as tensors would have to leave it for these.
 */
export function registerOwnOps(threads: number): void {
  const { isUsingGpuDevice } = tf.backend() as NativeBackend
  const path = require
    .resolve('@tensorflow/tfjs-node-gpu/package.json')
    .replace('package.json', 'lib/napi-v8/thresher_ops.node')
  if (isUsingGpuDevice || !existsSync(path)) return
  const ops: { register(threads: number): void } = require(path)
  ops.register(threads)
  tf.registerKernel({
    kernelName: GRDA_STEP,
    backendName: 'tensorflow',
    kernelFunc: ({ inputs, backend }) => {
      const { v, g, rate, l1 } = inputs as Record<string, tf.Tensor>
      return (backend as NativeBackend).executeMultipleOutputs('ThresherGrda', [], [v!, g!, rate!, l1!], 2)
    },
  })
}
