import * as tf from '@tensorflow/tfjs-core'
import { NORMALISE, NORMALISE_GRADIENT } from '#workers/engine/ops/batch-normalization.ts'
import type { Attribute, NativeBackend } from './native-backend.ts'

type Inputs = Record<string, tf.Tensor>
type Kernel = (inputs: Inputs, attributes: tf.NamedAttrMap, backend: NativeBackend) => tf.Tensor[] | undefined

/** Kernels that libtensorflow has and tfjs-node does not offer, or makes of several slower ones. All are for float32. */
export function registerNativeKernels(): void {
  register('ReluGrad', ({ dy, y }, _, backend) =>
    backend.executeMultipleOutputs('ReluGrad', [floats(backend)], [dy!, y!], 1),
  )
  for (const name of ['TanhGrad', 'SigmoidGrad'])
    register(name, ({ dy, y }, _, backend) =>
      backend.executeMultipleOutputs(name, [floats(backend)], [y!, dy!], 1),
    )
  register('SparseSoftmaxCrossEntropyWithLogits', ({ logits, labels }, _, backend) => {
    const { TF_ATTR_TYPE, TF_INT32 } = backend.binding
    const attributes = [floats(backend), { name: 'Tlabels', type: TF_ATTR_TYPE, value: TF_INT32 }]
    return backend.executeMultipleOutputs(
      'SparseSoftmaxCrossEntropyWithLogits',
      attributes,
      [logits!, labels!],
      2,
    )
  })
  register(NORMALISE, normaliseBatch)
  register(NORMALISE_GRADIENT, differentiateNormalisation)
  register('StatelessRandomUniform', drawUniform, 'int32')
  register(tf.ClipByValue, clip)
  register(tf.Sum, sumBiasGradient)
  register(tf.GatherV2, gatherRows)
}

/** TensorFlow moves the running statistics itself, by `exponential_avg_factor`. The last three outputs are for the gradient. */
const normaliseBatch: Kernel = ({ x, gamma, beta, mean, variance }, { momentum, epsilon }, backend) => {
  const factor = { name: 'exponential_avg_factor', type: FLOAT_ATTRIBUTE, value: 1 - (momentum as number) }
  const attributes = [...normalisation(backend, epsilon as number), factor]
  const inputs = [x!, gamma!, beta!, mean!, variance!]
  return backend.executeMultipleOutputs('FusedBatchNormV3', attributes, inputs, 6)
}

const differentiateNormalisation: Kernel = (
  { dy, x, gamma, saved0, saved1, saved2 },
  { epsilon },
  backend,
) => {
  const inputs = [dy!, x!, gamma!, saved0!, saved1!, saved2!]
  const attributes = normalisation(backend, epsilon as number)
  return backend.executeMultipleOutputs('FusedBatchNormGradV3', attributes, inputs, 5).slice(0, 3)
}

/** TF_ATTR_FLOAT and its neighbours, of which the binding exports some. */
const INT_ATTRIBUTE = 1
const FLOAT_ATTRIBUTE = 2
const BOOL_ATTRIBUTE = 3

function normalisation(backend: NativeBackend, epsilon: number): Attribute[] {
  const { TF_ATTR_TYPE, TF_FLOAT } = backend.binding
  return [
    floats(backend),
    { name: 'U', type: TF_ATTR_TYPE, value: TF_FLOAT },
    { name: 'epsilon', type: FLOAT_ATTRIBUTE, value: epsilon },
    { name: 'is_training', type: BOOL_ATTRIBUTE, value: true },
  ]
}

/** float32 in [0, 1) of the attribute's shape, a function of the seed alone. */
const drawUniform: Kernel = ({ seed }, { shape }, backend) => {
  const { TF_ATTR_TYPE: type, TF_FLOAT, TF_INT32 } = backend.binding
  const shapeTensor = tf.tensor1d(shape as number[], 'int32')
  const attributes = [
    { name: 'dtype', type, value: TF_FLOAT },
    { name: 'T', type, value: TF_INT32 },
    { name: 'Tseed', type, value: TF_INT32 },
  ]
  const uniform = backend.executeMultipleOutputs(
    'StatelessRandomUniform',
    attributes,
    [shapeTensor, seed!],
    1,
  )
  shapeTensor.dispose()
  return uniform
}

/** tfjs-node takes a minimum and a maximum: two passes for one. */
const clip: Kernel = ({ x }, { clipValueMin, clipValueMax }, backend) => {
  const limits = [tf.scalar(clipValueMin as number), tf.scalar(clipValueMax as number)]
  const clipped = backend.executeMultipleOutputs('ClipByValue', [floats(backend)], [x!, ...limits], 1)
  tf.dispose(limits)
  return clipped
}

/** A sum over all axes but the last is what a bias's gradient is, and has an op of its own, several times as fast. */
const sumBiasGradient: Kernel = ({ x }, { axis, keepDims }, backend) => {
  const axes = tf.util.parseAxisParam(axis as number | number[], x!.shape)
  if (keepDims || axes.length === 0 || axes.length !== x!.shape.length - 1) return undefined
  if (axes.includes(x!.shape.length - 1)) return undefined
  return backend.executeMultipleOutputs('BiasAddGrad', [floats(backend)], [x!], 1)
}

/** tfjs-node reads the indices first to check them, which a graph could not; TensorFlow checks them itself. */
const gatherRows: Kernel = ({ x, indices }, { axis, batchDims }, backend) => {
  if (axis !== 0 || batchDims !== 0 || indices!.dtype !== 'int32') return undefined
  const { TF_ATTR_TYPE: type, TF_FLOAT, TF_INT32 } = backend.binding
  const axisTensor = tf.scalar(0, 'int32')
  const attributes = [
    { name: 'batch_dims', type: INT_ATTRIBUTE, value: 0 },
    { name: 'Tparams', type, value: TF_FLOAT },
    { name: 'Tindices', type, value: TF_INT32 },
    { name: 'Taxis', type, value: TF_INT32 },
  ]
  const rows = backend.executeMultipleOutputs('GatherV2', attributes, [x!, indices!, axisTensor], 1)
  axisTensor.dispose()
  return rows
}

function floats({ binding }: NativeBackend) {
  return { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }
}

/** Where `kernel` gives undefined or the first input is of another type, tfjs-node's own kernel goes on doing the work. */
function register(kernelName: string, kernel: Kernel, dtype: tf.DataType = 'float32'): void {
  const stock = tf.getKernel(kernelName, 'tensorflow')
  if (stock) tf.unregisterKernel(kernelName, 'tensorflow')
  tf.registerKernel({
    kernelName,
    backendName: 'tensorflow',
    kernelFunc: call => {
      const inputs = call.inputs as Inputs
      const isMeant = Object.values(inputs)[0]!.dtype === dtype
      const outputs = isMeant ? kernel(inputs, call.attrs ?? {}, call.backend as NativeBackend) : undefined
      if (!outputs) return stock!.kernelFunc(call)
      return outputs.length === 1 ? outputs[0]! : outputs
    },
  })
}
