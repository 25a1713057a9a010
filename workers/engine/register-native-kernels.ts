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

/** Kernels that libtensorflow has and tfjs-node does not offer. */
export function registerNativeKernels(): void {
  register('ReluGrad', ({ dy, y }, backend) => {
    const { TF_ATTR_TYPE, TF_FLOAT } = backend.binding
    return backend.executeMultipleOutputs(
      'ReluGrad',
      [{ name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT }],
      [dy!, y!],
      1,
    )[0]!
  })
  register('SparseSoftmaxCrossEntropyWithLogits', ({ logits, labels }, backend) => {
    const { TF_ATTR_TYPE, TF_FLOAT, TF_INT32 } = backend.binding
    const attributes = [
      { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT },
      { name: 'Tlabels', type: TF_ATTR_TYPE, value: TF_INT32 },
    ]
    return backend.executeMultipleOutputs(
      'SparseSoftmaxCrossEntropyWithLogits',
      attributes,
      [logits!, labels!],
      2,
    )
  })
}

function register(
  kernelName: string,
  run: (inputs: Record<string, tf.Tensor>, backend: NativeBackend) => tf.Tensor | tf.Tensor[],
): void {
  tf.registerKernel({
    kernelName,
    backendName: 'tensorflow',
    kernelFunc: ({ inputs, backend }) => run(inputs as Record<string, tf.Tensor>, backend as NativeBackend),
  })
}
