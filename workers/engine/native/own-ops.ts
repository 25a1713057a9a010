import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import {
  NORMALISE,
  NORMALISE_GRADIENT,
  NORMALISE_SUM,
  NORMALISE_SUM_GRADIENT,
} from '#workers/engine/ops/batch-normalization.ts'
import { DROPOUT } from '#workers/engine/ops/dropout.ts'
import { GRDA_STEP } from '#workers/engine/ops/grda-step.ts'
import { FILTER_GRADIENT, INPUT_GRADIENT, POOL } from '#workers/engine/ops/pooled-gradients.ts'
import type { NativeBackend } from './native-backend.ts'
import { registerSmallProducts } from './small-products.ts'

const require = createRequire(import.meta.url)
/** TF_AttrType. */
const [INT, FLOAT, BOOL] = [1, 2, 3]

interface OwnOp {
  kernelName: string
  op: string
  /** In the op's order. */
  inputs: readonly string[]
  /** Those that a kernel may be given, with their types. */
  attributes?: Readonly<Record<string, number>>
  outputs: number
}

const GEOMETRY = { geometry: INT }
const STATISTICS = { momentum: FLOAT, epsilon: FLOAT }

/** Each is described in a file of `native/`. */
const OPS: readonly OwnOp[] = [
  { kernelName: GRDA_STEP, op: 'ThresherGrda', inputs: ['v', 'g', 'rate', 'l1'], outputs: 2 },
  { kernelName: POOL, op: 'ThresherPoolRectified', inputs: ['y'], attributes: GEOMETRY, outputs: 2 },
  {
    kernelName: FILTER_GRADIENT,
    op: 'ThresherPooledConvGradFilter',
    inputs: ['x', 'dp', 'at'],
    attributes: GEOMETRY,
    outputs: 2,
  },
  {
    kernelName: INPUT_GRADIENT,
    op: 'ThresherPooledConvGradInput',
    inputs: ['x', 'w', 'dp', 'at'],
    attributes: GEOMETRY,
    outputs: 1,
  },
  {
    kernelName: NORMALISE,
    op: 'ThresherBatchNorm',
    inputs: ['x', 'gamma', 'beta', 'mean', 'variance'],
    attributes: { ...STATISTICS, rectify: BOOL },
    outputs: 5,
  },
  {
    kernelName: NORMALISE_GRADIENT,
    op: 'ThresherBatchNormGrad',
    inputs: ['dy', 'x', 'gamma', 'beta', 'saved0', 'saved1'],
    attributes: { rectify: BOOL },
    outputs: 3,
  },
  {
    kernelName: NORMALISE_SUM,
    op: 'ThresherBatchNormAdd',
    inputs: ['x', 'gamma', 'beta', 'mean', 'variance', 'addend'],
    attributes: STATISTICS,
    outputs: 5,
  },
  {
    kernelName: NORMALISE_SUM_GRADIENT,
    op: 'ThresherBatchNormAddGrad',
    inputs: ['dy', 'x', 'y', 'gamma', 'saved0', 'saved1'],
    outputs: 4,
  },
  {
    kernelName: DROPOUT,
    op: 'ThresherDropout',
    inputs: ['x', 'seed'],
    attributes: { rate: FLOAT, scale: FLOAT },
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
  if (isUsingGpuDevice || !existsSync(modulePath())) return false
  loadModule().register(threads)
  OPS.forEach(registerOp)
  registerSmallProducts()
  return true
}

/** Milliseconds that calls of each op have taken in this process, where they are there. */
export function ownOpsMilliseconds(): Record<string, number> {
  return existsSync(modulePath()) ? loadModule().milliseconds() : {}
}

/** As `native/module.cc` describes it. */
interface OwnOpsModule {
  register(threads: number): void
  milliseconds(): Record<string, number>
}

function loadModule(): OwnOpsModule {
  return require(modulePath())
}

function modulePath(): string {
  const bridge = dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json'))
  return join(bridge, 'lib/napi-v8/thresher_ops.node')
}

function registerOp({ kernelName, op, inputs: names, attributes = {}, outputs }: OwnOp): void {
  if (tf.getKernel(kernelName, 'tensorflow')) tf.unregisterKernel(kernelName, 'tensorflow')
  tf.registerKernel({
    kernelName,
    backendName: 'tensorflow',
    kernelFunc({ inputs, attrs, backend }) {
      const tensors = names.map(name => inputs[name] as tf.Tensor)
      const values = Object.entries(attributes).map(([name, type]) => ({ name, type, value: attrs![name] }))
      return (backend as NativeBackend).executeMultipleOutputs(op, values, tensors, outputs)
    },
  })
}
