import * as tf from '@tensorflow/tfjs-core'

/** One operation: a kernel that a backend's package lacks, or does slowly or wrongly. */
export interface Kernel<Inputs, Attributes, Backend> {
  name: string
  /** `stock` is what the package has under this name. Tensors made here are freed, the result apart. */
  compute(
    inputs: Inputs,
    attributes: Attributes,
    engine: { backend: Backend; stock: (inputs: Inputs, attributes: Attributes) => tf.TensorInfo },
  ): tf.TensorInfo | tf.TensorInfo[]
}

/** Made of other kernels and of values on the host, so that any backend can have it. */
export type PortableKernel<Inputs, Attributes> = Kernel<Inputs, Attributes, unknown>

/** Puts a kernel in the place of the package's own. Before the backend is set, which prepares all kernels. */
export function registerKernel<Inputs, Attributes, Backend>(
  backendName: string,
  { name, compute }: Kernel<Inputs, Attributes, Backend>,
): void {
  const stock = tf.getKernel(name, backendName)
  if (stock) tf.unregisterKernel(name, backendName)
  tf.registerKernel({
    ...stock,
    kernelName: name,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const runStock = (stockInputs: Inputs, stockAttributes: Attributes) =>
        stock.kernelFunc({
          inputs: stockInputs as never,
          attrs: stockAttributes as never,
          backend,
        }) as tf.TensorInfo
      return tf.tidy(
        () =>
          compute(inputs as Inputs, attrs as Attributes, {
            backend: backend as Backend,
            stock: runStock,
          }) as tf.Tensor,
      )
    },
  })
}
