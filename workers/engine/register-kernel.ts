import * as tf from '@tensorflow/tfjs-core'

/** A kernel that a backend's package lacks, or computes slowly or wrongly. */
export interface Kernel<Inputs, Attributes, Backend> {
  name: string
  /**
   * Disposes all tensors that it creates, except the result. If it returns `undefined`, the package's own kernel is called; `stock` does
   * the same with other inputs or attributes.
   */
  compute(
    inputs: Inputs,
    attributes: Attributes,
    engine: { backend: Backend; stock: (inputs: Inputs, attributes: Attributes) => tf.TensorInfo },
  ): tf.TensorInfo | tf.TensorInfo[] | undefined
}

/** A kernel composed of other kernels and computations on the host, so that every backend can have it. */
export type PortableKernel<Inputs, Attributes> = Kernel<Inputs, Attributes, unknown>

/** Replaces the package's own kernel. If the package prepares its kernels when the backend is set, this must be called before that. */
export function registerKernel<Inputs, Attributes, Backend>(
  backendName: string,
  { name, compute }: Kernel<Inputs, Attributes, Backend>,
): void {
  const packaged = tf.getKernel(name, backendName)
  if (packaged) tf.unregisterKernel(name, backendName)
  tf.registerKernel({
    ...packaged,
    kernelName: name,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const stock = (stockInputs: Inputs, stockAttributes: Attributes) => {
        if (!packaged) throw new Error(`The ${backendName} backend has no kernel ${name} for these inputs.`)
        const call = { inputs: stockInputs as never, attrs: stockAttributes as never, backend }
        return packaged.kernelFunc(call) as tf.TensorInfo
      }
      return tf.tidy(() => {
        const [given, attributes] = [inputs as Inputs, attrs as Attributes]
        const result = compute(given, attributes, { backend: backend as Backend, stock })
        return (result ?? stock(given, attributes)) as tf.Tensor
      })
    },
  })
}
