import type { BuildLayer, Layer } from '../layer.ts'
import { NO_MARGINS, type Sides, windowsOver } from '../windows.ts'

const ONE: Sides = [1, 1]

export const CONVOLUTION_LAYERS: Readonly<Record<string, BuildLayer>> = {
  conv2d(layer) {
    const [, , channels] = layer.image()
    const [{ windows, counts }, filters] = [windowsOf(layer), layer.size('filters')]
    return layer.addActivated({
      op: 'convolution',
      ...windows,
      shape: [...counts, filters],
      kernel: layer.weight('kernel', [...windows.size, channels, filters]),
      ...layer.bias(filters),
    })
  },

  depthwiseConv2d(layer) {
    const { shape, ...node } = depthwiseOf(layer)
    return layer.addActivated({ ...node, shape, ...layer.bias(shape[2]) })
  },

  /** A depthwise convolution without bias, followed by one over single pixels. */
  separableConv2d(layer) {
    const depthwise = depthwiseOf(layer)
    const [height, width, channels] = depthwise.shape
    const filters = layer.size('filters')
    return layer.addActivated(
      {
        op: 'convolution',
        size: ONE,
        strides: ONE,
        margins: NO_MARGINS,
        shape: [height, width, filters],
        kernel: layer.weight('pointwiseKernel', [1, 1, channels, filters]),
        ...layer.bias(filters),
      },
      [layer.add({ ...depthwise, activation: { name: 'linear' } })],
    )
  },

  /** The windows are those of the convolution whose gradient it is: over its output. */
  conv2dTranspose(layer) {
    const [height, width, channels] = layer.image()
    const options = { ...sizesOf(layer), padding: layer.padding() }
    const enlarged = (length: number, axis: 0 | 1) => {
      const [size, stride] = [options.size[axis], options.strides[axis]]
      return length * stride + (options.padding === 'same' ? 0 : Math.max(size - stride, 0))
    }
    const filters = layer.size('filters')
    const shape = [enlarged(height, 0), enlarged(width, 1), filters]
    return layer.addActivated({
      op: 'transposedConvolution',
      ...windowsOver(shape, options).windows,
      shape,
      kernel: layer.weight('kernel', [...options.size, filters, channels]),
      ...layer.bias(filters),
    })
  },

  /** Over images of one row. */
  conv1d(layer) {
    const [steps, channels] = layer.sequence()
    const size: Sides = [1, layer.size('kernelSize')]
    const strides: Sides = [1, layer.size('strides', 1)]
    const { windows, counts } = windowsOver([1, steps], { size, strides, padding: layer.padding() })
    const filters = layer.size('filters')
    const row = layer.addActivated(
      {
        op: 'convolution',
        ...windows,
        shape: [...counts, filters],
        kernel: layer.weight('kernel', [size[1], channels, filters]),
        ...layer.bias(filters),
      },
      [layer.reshape(layer.input, [1, steps, channels])],
    )
    return layer.reshape(row, [counts[1], filters])
  },
}

function sizesOf(layer: Layer): { size: Sides; strides: Sides } {
  return { size: layer.sides('kernelSize'), strides: layer.sides('strides', ONE) }
}

function windowsOf(layer: Layer) {
  return windowsOver(layer.image(), { ...sizesOf(layer), padding: layer.padding() })
}

function depthwiseOf(layer: Layer) {
  const [, , channels] = layer.image()
  const [{ windows, counts }, multiplier] = [windowsOf(layer), layer.size('depthMultiplier')]
  return {
    op: 'depthwiseConvolution',
    ...windows,
    multiplier,
    shape: [...counts, channels * multiplier],
    kernel: layer.weight('depthwiseKernel', [...windows.size, channels, multiplier]),
  } as const
}
