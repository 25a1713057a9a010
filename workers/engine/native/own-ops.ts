import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Tensor } from '@tensorflow/tfjs-core'
import { DROPOUT } from '#workers/engine/ops/dropout.ts'
import { GRDA_STEP } from '#workers/engine/ops/grda-step.ts'
import {
  BYTES_TO_FLOATS,
  CORRECT_COUNT,
  CROSS_ENTROPY,
  NORMALISE,
  NORMALISE_GRADIENT,
  NORMALISE_SUM,
  NORMALISE_SUM_GRADIENT,
} from '#workers/engine/ops/kernel-names.ts'
import { FILTER_GRADIENT, INPUT_GRADIENT, POOL } from '#workers/engine/ops/pooled-gradients.ts'
import { RECTIFIED_GRADIENT } from '#workers/engine/ops/rectified-gradient.ts'
import {
  SPARSE_INPUT_GRADIENT,
  SPARSE_POOLED_INPUT_GRADIENT,
  SPARSE_PRODUCT,
} from '#workers/engine/ops/sparse-products.ts'
import { registerKernel } from '#workers/engine/register-kernel.ts'
import { ATTRIBUTE_TYPES, boolAttribute, IN_PLACE } from './attributes.ts'
import { nativeBackend } from './native-backend.ts'
import type { NativeKernel } from './native-kernel.ts'
import { ownProduct } from './own-product.ts'

const require = createRequire(import.meta.url)

interface OwnOp {
  kernel: string
  op: string
  /** In the op's order. */
  inputs: readonly string[]
  /** The attributes of the kernel, with their types. */
  attributes?: Readonly<Record<string, keyof typeof ATTRIBUTE_TYPES>>
  /** Whether the op has the attribute IN_PLACE. */
  updatesInPlace?: true
  outputs: number
}

const GEOMETRY = { geometry: 'int' } as const
const STATISTICS = { momentum: 'float', epsilon: 'float' } as const

/** A file in `native/` describes each of them. */
const OWN_OPS: readonly OwnOp[] = [
  {
    kernel: GRDA_STEP,
    op: 'ThresherGrda',
    inputs: ['v', 'g', 'rate', 'l1'],
    updatesInPlace: true,
    outputs: 2,
  },
  { kernel: BYTES_TO_FLOATS, op: 'ThresherNormalise', inputs: ['x', 'shift', 'factor'], outputs: 1 },
  { kernel: CROSS_ENTROPY, op: 'ThresherCrossEntropy', inputs: ['logits', 'labels'], outputs: 2 },
  { kernel: CORRECT_COUNT, op: 'ThresherCorrectCount', inputs: ['logits', 'labels'], outputs: 1 },
  { kernel: RECTIFIED_GRADIENT, op: 'ThresherRectifiedGradient', inputs: ['dy', 'y'], outputs: 2 },
  { kernel: POOL, op: 'ThresherPoolRectified', inputs: ['y'], attributes: GEOMETRY, outputs: 2 },
  {
    kernel: FILTER_GRADIENT,
    op: 'ThresherPooledConvGradFilter',
    inputs: ['x', 'dp', 'at'],
    attributes: GEOMETRY,
    outputs: 2,
  },
  {
    kernel: INPUT_GRADIENT,
    op: 'ThresherPooledConvGradInput',
    inputs: ['x', 'w', 'dp', 'at'],
    attributes: GEOMETRY,
    outputs: 1,
  },
  {
    kernel: NORMALISE,
    op: 'ThresherBatchNorm',
    inputs: ['x', 'gamma', 'beta', 'mean', 'variance'],
    attributes: { ...STATISTICS, rectify: 'bool' },
    outputs: 5,
  },
  {
    kernel: NORMALISE_GRADIENT,
    op: 'ThresherBatchNormGrad',
    inputs: ['dy', 'x', 'gamma', 'beta', 'saved0', 'saved1'],
    attributes: { rectify: 'bool' },
    outputs: 3,
  },
  {
    kernel: NORMALISE_SUM,
    op: 'ThresherBatchNormAdd',
    inputs: ['x', 'gamma', 'beta', 'mean', 'variance', 'addend'],
    attributes: STATISTICS,
    outputs: 5,
  },
  {
    kernel: NORMALISE_SUM_GRADIENT,
    op: 'ThresherBatchNormAddGrad',
    inputs: ['dy', 'x', 'y', 'gamma', 'saved0', 'saved1'],
    outputs: 4,
  },
  {
    kernel: DROPOUT,
    op: 'ThresherDropout',
    inputs: ['x', 'seed'],
    attributes: { rate: 'float', scale: 'float' },
    outputs: 1,
  },
  {
    kernel: SPARSE_PRODUCT,
    op: 'ThresherSparseProduct',
    inputs: ['x', 'w', 'bias'],
    attributes: { ...GEOMETRY, rectify: 'bool' },
    outputs: 1,
  },
  {
    kernel: SPARSE_INPUT_GRADIENT,
    op: 'ThresherSparseGradInput',
    inputs: ['dy', 'w'],
    attributes: GEOMETRY,
    outputs: 1,
  },
  {
    kernel: SPARSE_POOLED_INPUT_GRADIENT,
    op: 'ThresherSparsePooledGradInput',
    inputs: ['dp', 'at', 'w'],
    attributes: GEOMETRY,
    outputs: 1,
  },
]

/**
 * Adds the ops of `native/` to TensorFlow if setup has compiled them. They run on CPUs only. On a GPU, TensorFlow's own kernels compute the
 * same, because tensors would have to leave the GPU for these ops.
 * @returns whether the ops were added
 */
export function registerOwnOps(threads: number): boolean {
  if (nativeBackend().isUsingGpuDevice || !existsSync(modulePath())) return false
  const { register, lanes } = loadModule()
  register(threads)
  for (const op of OWN_OPS) registerKernel('tensorflow', kernelOf(op))
  registerKernel('tensorflow', ownProduct(lanes()))
  return true
}

/** The total milliseconds of the calls of each op in this process; empty if setup has not compiled the ops. */
export function ownOpsMilliseconds(): Record<string, number> {
  return existsSync(modulePath()) ? loadModule().milliseconds() : {}
}

/** The interface of `native/module.cc`. */
interface OwnOpsModule {
  register(threads: number): void
  lanes(): number
  milliseconds(): Record<string, number>
}

function loadModule(): OwnOpsModule {
  return require(modulePath())
}

function modulePath(): string {
  const bridge = dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json'))
  return join(bridge, 'lib/napi-v8/thresher_ops.node')
}

function kernelOf({
  kernel,
  op,
  inputs: names,
  attributes = {},
  updatesInPlace,
  outputs,
}: OwnOp): NativeKernel<Record<string, Tensor>, Record<string, unknown>> {
  return {
    name: kernel,
    compute(inputs, given, { backend }) {
      const tensors = names.map(name => inputs[name]!)
      const opAttributes = [
        ...Object.entries(attributes).map(([name, type]) => ({
          name,
          type: ATTRIBUTE_TYPES[type],
          value: given[name],
        })),
        ...(updatesInPlace ? [boolAttribute(IN_PLACE, false)] : []),
      ]
      return backend.executeMultipleOutputs(op, opAttributes, tensors, outputs)
    },
  }
}
