import * as tf from '@tensorflow/tfjs-core'

/** One operation: a kernel that a backend's package lacks, or computes slowly or wrongly. */
export interface Kernel<Inputs, Attributes, Backend> {
  name: string
  /**
   * Tensors made here are disposed, except the result. `undefined` hands the call to the package's own kernel, as `stock` does
   * with other inputs or attributes.
   */
  compute(
    inputs: Inputs,
    attributes: Attributes,
    engine: { backend: Backend; stock: (inputs: Inputs, attributes: Attributes) => tf.TensorInfo },
  ): tf.TensorInfo | tf.TensorInfo[] | undefined
}

/** A kernel made of other kernels and of values on the host, so that any backend can have it. */
export type PortableKernel<Inputs, Attributes> = Kernel<Inputs, Attributes, unknown>

/**
 * Puts a kernel in the place of the package's own. A backend whose package prepares its kernels when it is set needs this before
 * that.
 */
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
