import { plainInitializer } from '#network/initializer-schema.ts'
import { countWindows, elementCount, outputSides, type Shape, sidesOf } from '#network/shape.ts'
import { kernelVariable, type Variable, withBias } from '#network/variable.ts'
import { imageInput, sequenceInput } from './input-check.ts'
import { defineLayer, keepsOutput } from './layer-definition.ts'
import { type Extent, extent, type Padding, padding, size, withKernel } from './options.ts'

const convolution = {
  filters: size,
  kernelSize: extent,
  strides: extent.exactOptional(),
  padding,
  ...withKernel,
}
const depthwise = {
  kernelSize: extent,
  strides: size.exactOptional(),
  padding,
  depthMultiplier: size,
  ...withKernel,
}
const shared = { statistics: () => [], keptActivations: keepsOutput, elements: 'mixed' } as const

const windowSize = (kernelSize: Extent) => elementCount(sidesOf(kernelSize))

/** Strides are 1 by default. */
export const CONVOLUTION_LAYERS = {
  /** The kernel is [height, width, in, out]. */
  conv2d: defineLayer({
    ...shared,
    schema: convolution,
    inputs: imageInput,
    outputShape: (layer, [input]) => [
      ...outputSides(input!, layer.kernelSize, layer.strides, layer.padding),
      layer.filters,
    ],
    variables({ layer, inputShape }) {
      const shape = [...sidesOf(layer.kernelSize), inputShape[2]!, layer.filters]
      const kernel = kernelVariable(layer.name, 'kernel', shape, layer.kernelInitializer)
      return withBias(layer, [kernel], layer.filters)
    },
    flops: ({ layer, inputShape, outputShape }) => [
      2 * windowSize(layer.kernelSize) * inputShape[2]! * elementCount(outputShape),
    ],
  }),
  /** `depthMultiplier` windows for each channel; the kernel is [height, width, in, depthMultiplier]. */
  depthwiseConv2d: defineLayer({
    ...shared,
    schema: depthwise,
    inputs: imageInput,
    outputShape: (layer, [input]) => [
      ...outputSides(input!, layer.kernelSize, layer.strides, layer.padding),
      input![2]! * layer.depthMultiplier,
    ],
    variables: ({ layer, inputShape, outputShape }) =>
      withBias(layer, [depthwiseKernel(layer, inputShape)], outputShape[2]!),
    flops: ({ layer, outputShape }) => [2 * windowSize(layer.kernelSize) * elementCount(outputShape)],
  }),
  /** A depthwise convolution, initialized by kernelInitializer, followed by a 1 x 1 convolution to `filters` channels. */
  separableConv2d: defineLayer({
    ...shared,
    schema: { filters: size, pointwiseInitializer: plainInitializer, ...depthwise },
    inputs: imageInput,
    outputShape: (layer, [input]) => [
      ...outputSides(input!, layer.kernelSize, layer.strides, layer.padding),
      layer.filters,
    ],
    variables({ layer, inputShape }) {
      const { name, depthMultiplier, filters, pointwiseInitializer } = layer
      const shape = [1, 1, inputShape[2]! * depthMultiplier, filters]
      const pointwise = kernelVariable(name, 'pointwiseKernel', shape, pointwiseInitializer)
      return withBias(layer, [depthwiseKernel(layer, inputShape), pointwise], filters)
    },
    flops({ layer, inputShape, outputShape }) {
      const channels = inputShape[2]! * layer.depthMultiplier
      const pixels = elementCount(outputShape.slice(0, 2))
      return [2 * windowSize(layer.kernelSize) * pixels * channels, 2 * pixels * channels * layer.filters]
    },
  }),
  /** The gradient of a convolution with respect to its input; upsamples images by its strides. The kernel is [height, width, out, in]. */
  conv2dTranspose: defineLayer({
    ...shared,
    schema: convolution,
    inputs: imageInput,
    outputShape: (layer, [input]) => [...enlargedSides(input!, layer), layer.filters],
    variables({ layer, inputShape }) {
      const shape = [...sidesOf(layer.kernelSize), layer.filters, inputShape[2]!]
      const kernel = kernelVariable(layer.name, 'kernel', shape, layer.kernelInitializer)
      return withBias(layer, [{ ...kernel, outputAxes: [2, 3] }], layer.filters)
    },
    flops: ({ layer, inputShape }) => [
      2 * windowSize(layer.kernelSize) * layer.filters * elementCount(inputShape),
    ],
  }),
  /** Over sequences [steps, channels]; the kernel is [steps, in, out]. */
  conv1d: defineLayer({
    ...shared,
    schema: { filters: size, kernelSize: size, strides: size.exactOptional(), padding, ...withKernel },
    inputs: sequenceInput,
    outputShape: (layer, [input]) => [
      countWindows(input![0]!, layer.kernelSize, layer.strides, layer.padding),
      layer.filters,
    ],
    variables({ layer, inputShape }) {
      const shape = [layer.kernelSize, inputShape[1]!, layer.filters]
      const kernel = kernelVariable(layer.name, 'kernel', shape, layer.kernelInitializer)
      return withBias(layer, [kernel], layer.filters)
    },
    flops: ({ layer, inputShape, outputShape }) => [
      2 * layer.kernelSize * inputShape[1]! * elementCount(outputShape),
    ],
  }),
}

interface Depthwise {
  name: string
  kernelSize: Extent
  depthMultiplier: number
  kernelInitializer: Parameters<typeof kernelVariable>[3]
}

function depthwiseKernel(layer: Depthwise, inputShape: Shape): Variable {
  const shape = [...sidesOf(layer.kernelSize), inputShape[2]!, layer.depthMultiplier]
  const kernel = kernelVariable(layer.name, 'depthwiseKernel', shape, layer.kernelInitializer)
  return { ...kernel, outputAxes: [2, 4] }
}

function enlargedSides(
  input: Shape,
  layer: { kernelSize: Extent; strides?: Extent; padding: Padding },
): number[] {
  const [sizes, steps] = [sidesOf(layer.kernelSize), sidesOf(layer.strides ?? 1)]
  return sizes.map((size, axis) => {
    const enlarged = input[axis]! * steps[axis]!
    return layer.padding === 'same' ? enlarged : enlarged + Math.max(size - steps[axis]!, 0)
  })
}
