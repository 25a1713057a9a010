import type { OnnxStep } from '#interchange/onnx/onnx-steps.ts'
import type { CONVOLUTION_LAYERS } from '#network/layers/convolution.ts'
import { type Shape, sidesOf } from '#network/shape.ts'
import type { LayerOf } from '#network/topology.ts'
import { alongSteps, chain, type OnnxWriters } from './onnx-writer.ts'
import { windowOf } from './window.ts'

export const CONVOLUTION_WRITERS: OnnxWriters<keyof typeof CONVOLUTION_LAYERS> = {
  conv2d: chain(({ layer }) => [
    {
      op: 'Conv',
      attributes: windowOf(sidesOf(layer.kernelSize), sidesOf(layer.strides ?? 1), layer.padding),
      others: kernelAndBias(layer),
    },
  ]),
  depthwiseConv2d: chain(({ layer, inputShape }) => [depthwiseStep(layer, inputShape, kernelAndBias(layer))]),
  separableConv2d: chain(({ layer, inputShape }) => {
    const { name, biasInitializer } = layer
    const pointwise = [`${name}.pointwise.weight`, ...(biasInitializer ? [`${name}.pointwise.bias`] : [])]
    return [
      depthwiseStep(layer, inputShape, [`${name}.depthwise.weight`]),
      { op: 'Conv', attributes: windowOf([1, 1], [1, 1]), others: pointwise },
    ]
  }),
  conv2dTranspose: chain(({ layer }) => [
    { op: 'ConvTranspose', attributes: transposedWindow(layer), others: kernelAndBias(layer) },
  ]),
  conv1d: chain(({ layer }) => {
    const attributes = windowOf([layer.kernelSize], [layer.strides ?? 1], layer.padding)
    return alongSteps({ op: 'Conv', attributes, others: kernelAndBias(layer) })
  }),
}

function kernelAndBias({
  name,
  biasInitializer,
}: LayerOf<'conv1d' | 'conv2d' | 'conv2dTranspose' | 'depthwiseConv2d'>): string[] {
  return biasInitializer ? [`${name}.weight`, `${name}.bias`] : [`${name}.weight`]
}

function depthwiseStep(
  { kernelSize, strides = 1, padding }: LayerOf<'depthwiseConv2d' | 'separableConv2d'>,
  inputShape: Shape,
  others: readonly string[],
): OnnxStep {
  const window = windowOf(sidesOf(kernelSize), [strides, strides], padding)
  return { op: 'Conv', attributes: { ...window, group: inputShape[2]! }, others }
}

/** Crops the sides, or adds rows and columns without input, so that the output has the size of TensorFlow's output. */
function transposedWindow({ kernelSize, strides = 1, padding }: LayerOf<'conv2dTranspose'>) {
  const [sizes, steps] = [sidesOf(kernelSize), sidesOf(strides)]
  const cut = sizes.map((size, axis) => (padding === 'same' ? Math.max(size - steps[axis]!, 0) : 0))
  const begin = cut.map(lines => Math.floor(lines / 2))
  return {
    kernel_shape: sizes,
    strides: steps,
    pads: [...begin, ...cut.map((lines, axis) => lines - begin[axis]!)],
    output_padding: sizes.map((size, axis) => Math.max(steps[axis]! - size, 0)),
  }
}
