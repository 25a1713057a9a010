import * as tf from '@tensorflow/tfjs-core'
import type { WasmKernel } from './wasm-kernel.ts'

interface Attributes {
  strides: number | [number, number]
  pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding
  dilations: number | [number, number]
}

/**
 * The stock kernels leave their output unwritten where `same` padding meets a stride beyond the filter's size, since XNNPACK's
 * arithmetic for it goes below zero: there, the padding is counted here.
 */
export const samePadding: readonly WasmKernel<{ x: tf.Tensor4D; filter: tf.Tensor4D }, Attributes>[] = [
  tf.Conv2D,
  tf.FusedConv2D,
  tf.DepthwiseConv2dNative,
  tf.FusedDepthwiseConv2D,
].map(name => ({
  name,
  compute: (inputs, attributes, { stock }) =>
    stock(inputs, { ...attributes, pad: countedPadding(inputs, attributes) }),
}))

function countedPadding(
  { x, filter }: { x: tf.Tensor4D; filter: tf.Tensor4D },
  { strides, pad, dilations }: Attributes,
): Attributes['pad'] {
  const steps = [strides].flat()
  const isBeyond = [0, 1].some(axis => (steps[axis] ?? steps[0]!) > filter.shape[axis]!)
  if (pad !== 'same' || !isBeyond) return pad
  // Padding does not depend on channels: as a depthwise one, any filter passes.
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
