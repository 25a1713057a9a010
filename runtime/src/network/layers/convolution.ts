import type { BuildLayer, Layer } from '../layer.ts'
import { NO_MARGINS, type Sides, windowsOver } from '../windows.ts'
import { transposed } from './transposed-convolution.ts'

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
    const node = depthwiseOf(layer)
    return layer.addActivated({ ...node, ...layer.bias(node.shape[2]) })
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

  conv2dTranspose: transposed,

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

/** A convolution whose kernel is zero between different channels. */
function depthwiseOf(layer: Layer) {
  const [, , channels] = layer.image()
  const [{ windows, counts }, multiplier] = [windowsOf(layer), layer.size('depthMultiplier')]
  const outputs = channels * multiplier
  const stored = layer.weight('depthwiseKernel', [...windows.size, channels, multiplier])
  const kernel = layer.expandedKernel(stored.length * channels)
  for (const [i, weight] of stored.entries()) {
    // Of [window, in, multiplier]: output i mod outputs of the window reads channel (i mod outputs) / multiplier.
    const [tap, output] = [Math.floor(i / outputs), i % outputs]
    kernel[(tap * channels + Math.floor(output / multiplier)) * outputs + output] = weight
  }
  return { op: 'convolution', ...windows, shape: [...counts, outputs], kernel, groups: channels } as const
}
