import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'

/** One operation on the wasm heap: a kernel that the package lacks, or does slowly or wrongly. */
export interface WasmKernel<Inputs, Attributes> {
  name: string
  /** `stock` is what the package has under this name. Tensors made here are freed, the result apart. */
  compute(
    inputs: Inputs,
    attributes: Attributes,
    engine: { backend: BackendWasm; stock: (inputs: Inputs, attributes: Attributes) => tf.TensorInfo },
  ): tf.TensorInfo | tf.TensorInfo[]
}

/** Puts a kernel in the place of the package's own. Before the backend is set, which prepares all kernels. */
export function registerKernel<Inputs, Attributes>({ name, compute }: WasmKernel<Inputs, Attributes>): void {
  const stock = tf.getKernel(name, 'wasm')
  if (stock) tf.unregisterKernel(name, 'wasm')
  tf.registerKernel({
    ...stock,
    kernelName: name,
    backendName: 'wasm',
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
            backend: backend as BackendWasm,
            stock: runStock,
          }) as tf.Tensor,
      )
    },
  })
}
