import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { GRDA_STEP } from './grda-step.ts'
import type { NativeBackend } from './native-backend.ts'
import { FILTER_GRADIENT, INPUT_GRADIENT, POOL } from './pooled-gradients.ts'

const require = createRequire(import.meta.url)
const INT_ATTRIBUTE = 1

interface OwnOp {
  kernelName: string
  op: string
  /** In the op's order. */
  inputs: readonly string[]
  outputs: number
}

/** Each is described in a file of `native/`. */
const OPS: readonly OwnOp[] = [
  { kernelName: GRDA_STEP, op: 'ThresherGrda', inputs: ['v', 'g', 'rate', 'l1'], outputs: 2 },
  { kernelName: POOL, op: 'ThresherPoolRectified', inputs: ['y'], outputs: 2 },
  {
    kernelName: FILTER_GRADIENT,
    op: 'ThresherPooledConvGradFilter',
    inputs: ['x', 'dp', 'at'],
    outputs: 2,
  },
  {
    kernelName: INPUT_GRADIENT,
    op: 'ThresherPooledConvGradInput',
    inputs: ['x', 'w', 'dp', 'at'],
    outputs: 1,
  },
]

/**
 * Adds the ops of `native/` to TensorFlow, where setup has compiled them. They run on processors; a GPU computes the same in
 * TensorFlow's own kernels, as tensors would have to leave it for these.
 *
 * @returns whether they are there
 */
export function registerOwnOps(threads: number): boolean {
  const { isUsingGpuDevice } = tf.backend() as NativeBackend
  const bridge = dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json'))
  const path = join(bridge, 'lib/napi-v8/thresher_ops.node')
  if (isUsingGpuDevice || !existsSync(path)) return false
  const ops: { register(threads: number): void } = require(path)
  ops.register(threads)
  OPS.forEach(registerOp)
  return true
}

function registerOp({ kernelName, op, inputs: names, outputs }: OwnOp): void {
  tf.registerKernel({
    kernelName,
    backendName: 'tensorflow',
    kernelFunc({ inputs, attrs, backend }) {
      const tensors = names.map(name => inputs[name] as tf.Tensor)
      const attributes = Object.entries(attrs ?? {}).map(([name, value]) => ({
        name,
        type: INT_ATTRIBUTE,
        value,
      }))
      return (backend as NativeBackend).executeMultipleOutputs(op, attributes, tensors, outputs)
    },
  })
}
