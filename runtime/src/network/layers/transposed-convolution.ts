import type { BuildLayer } from '../layer.ts'
import { type Sides, windowsOver } from '../windows.ts'

/**
 * The gradient of a convolution by its input: a convolution by the turned kernel over the image with strides - 1 zeros between its pixels
 * (Dumoulin and Visin 2016, section 4).
 */
export const transposed: BuildLayer = layer => {
  const [height, width, channels] = layer.image()
  const [size, strides] = [layer.sides('kernelSize'), layer.sides('strides', [1, 1])]
  const [filters, padding] = [layer.size('filters'), layer.padding()]
  const grown = (axis: 0 | 1) => (padding === 'same' ? 0 : Math.max(size[axis] - strides[axis], 0))
  const spread = [height * strides[0], width * strides[1], channels]
  const shape = [spread[0]! + grown(0), spread[1]! + grown(1), filters]
  // The margins of the convolution whose gradient it is.
  const { top, left } = windowsOver(shape, { size, strides, padding }).windows.margins
  const margins = {
    top: size[0] - 1 - top,
    bottom: grown(0) + top,
    left: size[1] - 1 - left,
    right: grown(1) + left,
  }
  const kernel = turned(layer.weight('kernel', [...size, filters, channels]), size, filters, channels)
  const spaced = layer.add({ op: 'upsampling', times: strides, zeros: true, shape: spread })
  return layer.addActivated(
    { op: 'convolution', size, strides: [1, 1], margins, shape, kernel, ...layer.bias(filters) },
    [spaced],
  )
}

/** [height, width, in, out] of [height, width, out, in], with its rows and columns in reverse. */
function turned(
  kernel: Float32Array,
  [height, width]: Sides,
  outputs: number,
  channels: number,
): Float32Array {
  const result = new Float32Array(kernel.length)
  const taps = height * width
  for (let tap = 0; tap < taps; tap++)
    for (let output = 0; output < outputs; output++)
      for (let channel = 0; channel < channels; channel++)
        result[((taps - 1 - tap) * channels + channel) * outputs + output] =
          kernel[(tap * outputs + output) * channels + channel]!
  return result
}
