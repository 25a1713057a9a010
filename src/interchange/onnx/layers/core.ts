import { INT64 } from '#interchange/onnx/onnx-messages.ts'
import { connectSteps } from '#interchange/onnx/onnx-steps.ts'
import type { CORE_LAYERS } from '#network/layers/core.ts'
import type { LayerOf } from '#network/topology.ts'
import type { OnnxPorts, OnnxWriters } from './onnx-writer.ts'

export const CORE_WRITERS: OnnxWriters<keyof typeof CORE_LAYERS> = {
  dense({ layer, inputShape }, ports) {
    if (inputShape.length === 2) return denseOverSteps(layer, ports)
    const { name, biasInitializer } = layer
    const others = biasInitializer ? [`${name}.weight`, `${name}.bias`] : [`${name}.weight`]
    return connectSteps(ports.inputs, ports.output, [{ op: 'Gemm', attributes: { transB: 1 }, others }])
  },
  embedding({ layer: { name } }, { inputs, output }) {
    const tokens = `${name}.tokens`
    return {
      nodes: [
        { op: 'Cast', input: inputs, output: tokens, attributes: { to: INT64 } },
        { op: 'Gather', input: [`${name}.weight`, tokens], output },
      ],
      constants: [],
    }
  },
}

/** Gemm does not accept sequences [batch, time, features]. */
function denseOverSteps({ name, biasInitializer }: LayerOf<'dense'>, { inputs, output }: OnnxPorts) {
  const kernel = `${name}.kernel`
  const product = biasInitializer ? `${name}.product` : output
  return {
    nodes: [
      { op: 'Transpose', input: [`${name}.weight`], output: kernel, attributes: { perm: [1, 0] } },
      { op: 'MatMul', input: [...inputs, kernel], output: product },
      ...(biasInitializer ? [{ op: 'Add', input: [product, `${name}.bias`], output }] : []),
    ],
    constants: [],
  }
}
