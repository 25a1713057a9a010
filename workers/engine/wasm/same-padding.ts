import * as tf from '@tensorflow/tfjs-core'
import type { WasmKernel } from './wasm-kernel.ts'

interface Attributes {
  strides: number | [number, number]
  pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding
  dilations: number | [number, number]
}

/**
 * The package's kernels do not write their output if padding is `same` and a stride is larger than the filter, because XNNPACK computes
 * a negative padding. In that case the padding is computed here.
 */
export const samePadding: readonly WasmKernel<{ x: tf.Tensor4D; filter: tf.Tensor4D }, Attributes>[] = [
  tf.Conv2D,
  tf.FusedConv2D,
  tf.DepthwiseConv2dNative,
  tf.FusedDepthwiseConv2D,
].map(name => ({
  name,
  compute: (inputs, attributes, { stock }) =>
    stock(inputs, { ...attributes, pad: explicitPadding(inputs, attributes) }),
}))

function explicitPadding(
  { x, filter }: { x: tf.Tensor4D; filter: tf.Tensor4D },
  { strides, pad, dilations }: Attributes,
): Attributes['pad'] {
  const steps = [strides].flat()
  const isBeyond = [0, 1].some(axis => (steps[axis] ?? steps[0]!) > filter.shape[axis]!)
  if (pad !== 'same' || !isBeyond) return pad
  // Padding does not depend on channels, and any shape is accepted as a depthwise filter.
  const depthwise = true
  const { padInfo } = tf.backend_util.computeConv2DInfo(
    x.shape,
    filter.shape,
    strides,
    dilations,
    pad,
    undefined,
    depthwise,
  )
  return [
    [0, 0],
    [padInfo.top, padInfo.bottom],
    [padInfo.left, padInfo.right],
    [0, 0],
  ]
}
