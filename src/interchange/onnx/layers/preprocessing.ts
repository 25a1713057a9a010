import type { ElementOrder } from '#interchange/element-order.ts'
import { connectSteps, type OnnxStep, scalarOf } from '#interchange/onnx/onnx-steps.ts'
import type { PerChannel } from '#network/layers/options.ts'
import type { PREPROCESSING_LAYERS } from '#network/layers/preprocessing.ts'
import type { Shape } from '#network/shape.ts'
import type { LayerOf } from '#network/topology.ts'
import type { OnnxWriters } from './onnx-writer.ts'

export const PREPROCESSING_WRITERS: OnnxWriters<keyof typeof PREPROCESSING_LAYERS> = {
  rescaling: ({ layer, inputShape }, { inputs, output, order }) =>
    connectSteps(inputs, output, rescalingSteps(layer, inputShape, order)),
  normalization() {
    throw new Error('a Normalization reached the ONNX writer: as-rescalings.ts must replace it first')
  },
}

function rescalingSteps(
  { scale, offset }: LayerOf<'rescaling'>,
  inputShape: Shape,
  order: ElementOrder | undefined,
): OnnxStep[] {
  const constant = (values: PerChannel) => {
    if (typeof values === 'number') return scalarOf(values)
    const isImage = inputShape.length === 3
    const data = Float32Array.from(order ?? values.keys(), channel => values[channel] ?? values[0]!)
    return { dims: [data.length, ...(isImage ? [1, 1] : [])], data }
  }
  return [
    ...(scale === 1 ? [] : [{ op: 'Mul', others: [constant(scale)] }]),
    ...(offset === 0 ? [] : [{ op: 'Add', others: [constant(offset)] }]),
  ]
}
