import * as tf from '@tensorflow/tfjs-core'

interface NativeBackend {
  binding: { TF_ATTR_TYPE: number; TF_FLOAT: number; TF_INT32: number }
  executeMultipleOutputs(
    name: string,
    attributes: object[],
    inputs: tf.Tensor[],
    outputCount: number,
  ): tf.Tensor[]
}

type Inputs = Record<string, tf.Tensor>
type Kernel = (inputs: Inputs, attributes: tf.NamedAttrMap, backend: NativeBackend) => tf.Tensor[] | undefined

/** Kernels that libtensorflow has and tfjs-node does not offer, or makes of several slower ones. All are for float32. */
export function registerNativeKernels(): void {
  register('ReluGrad', ({ dy, y }, _, backend) =>
    backend.executeMultipleOutputs('ReluGrad', [floats(backend)], [dy!, y!], 1),
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
  register(tf.ClipByValue, clip)
  register(tf.Sum, sumBiasGradient)
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

function floats({ binding }: NativeBackend) {
  return { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }
}

/** Where `kernel` gives undefined or an input is not float32, tfjs-node's own kernel goes on doing the work. */
function register(kernelName: string, kernel: Kernel): void {
  const stock = tf.getKernel(kernelName, 'tensorflow')
  if (stock) tf.unregisterKernel(kernelName, 'tensorflow')
  tf.registerKernel({
    kernelName,
    backendName: 'tensorflow',
    kernelFunc: call => {
      const inputs = call.inputs as Inputs
      const isFloat = Object.values(inputs)[0]!.dtype === 'float32'
      const outputs = isFloat ? kernel(inputs, call.attrs ?? {}, call.backend as NativeBackend) : undefined
      if (!outputs) return stock!.kernelFunc(call)
      return outputs.length === 1 ? outputs[0]! : outputs
    },
  })
}
