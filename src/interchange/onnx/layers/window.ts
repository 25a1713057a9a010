import type { Padding } from '#network/layers/options.ts'

/** Attributes of a convolution or pool. */
export function windowOf(size: readonly number[], strides: readonly number[], padding: Padding = 'valid') {
  return { strides, kernel_shape: size, auto_pad: padding === 'same' ? 'SAME_UPPER' : 'VALID' }
}
