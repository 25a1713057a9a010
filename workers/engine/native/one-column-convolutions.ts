import * as tf from '@tensorflow/tfjs-core'
import { type ConvolutionAttributes, stridesOf } from './convolution-attributes.ts'
import type { NativeKernel } from './native-kernel.ts'

/**
 * Convolutions of one channel with a horizontal stride whose results have one column: oneDNN computes them wrongly with AVX-512
 * (docs/decisions/2026-11-30-convolutions-that-onednn-gets-wrong.md). They are computed with a second channel of zeros. One kernel for
 * plain convolutions and one for fused ones.
 */
export const oneColumnConvolutions: readonly NativeKernel<
  { x: tf.Tensor4D; filter: tf.Tensor4D },
  ConvolutionAttributes
>[] = [tf.Conv2D, tf.FusedConv2D].map(name => ({
  name,
  compute({ x, filter, ...others }, attributes, { stock }) {
    const [, stride] = stridesOf(attributes)
    const [, , width, channels] = x.shape
    const room = attributes.pad === 'same' ? width : width - filter.shape[1] + 1
    if (channels !== 1 || stride === 1 || room > stride) return undefined
    const inputs = { x: withZeros(x, 3), filter: withZeros(filter, 2), ...others }
    return stock(inputs, attributes)
  },
}))

/** @param axis of length 1, which is 2 in the result */
function withZeros(tensor: tf.Tensor4D, axis: number): tf.Tensor4D {
  const margins = tensor.shape.map((_, index): [number, number] => [0, index === axis ? 1 : 0])
  return tf.pad(tensor, margins)
}
