import type { ElementOrder } from '#interchange/element-order.ts'
import type { Extent, Padding, PerChannel } from '#network/layers/options.ts'
import { isRecurrent } from '#network/layers/recurrent.ts'
import type { PlacedLayer } from '#network/place-layers.ts'
import { marginsOf, sidesOf } from '#network/shape.ts'
import type { LayerOf, LayerSpec, RecurrentLayer } from '#network/topology.ts'
import { activationSteps, leakyReluStep } from './layers/activation.ts'
import { denseOverSteps, embeddingNodes } from './layers/core.ts'
import { recurrentConstants, recurrentNodes } from './layers/recurrent.ts'
import { connectSteps, integersOf, type OnnxPart, type OnnxStep, scalarOf } from './onnx-steps.ts'

/**
 * A layer's operators, its activation's last. Images are [batch, channels, height, width], sequences [batch, time, features].
 * @param order of the elements of a vector
 */
export function onnxLayer(
  placed: PlacedLayer,
  inputs: readonly string[],
  output: string,
  order?: ElementOrder,
): OnnxPart {
  const { layer } = placed
  const axis = channelAxis(placed)
  if (layer.type === 'activation')
    return connectSteps(inputs, output, activationSteps(layer.activation, inputs[0]!, axis))
  if (!('activation' in layer) || layer.activation === 'linear') return ownPart(placed, inputs, output, order)
  const linear = `${layer.name}.linear`
  const before = ownPart(placed, inputs, linear)
  const after = connectSteps([linear], output, activationSteps(layer.activation, linear, axis))
  return { nodes: [...before.nodes, ...after.nodes], constants: [...before.constants, ...after.constants] }
}

/** A layer without its activation. */
function ownPart(
  placed: PlacedLayer,
  inputs: readonly string[],
  output: string,
  order?: ElementOrder,
): OnnxPart {
  const { layer, inputShape } = placed
  const [input] = inputs as [string]
  if (isRecurrent(layer))
    return { nodes: recurrentNodes(layer, input, output), constants: recurrentConstants(layer) }
  if (layer.type === 'embedding') return { nodes: embeddingNodes(layer, input, output), constants: [] }
  if (inputShape.length === 2 && layer.type === 'dense')
    return { nodes: denseOverSteps(layer, input, output), constants: [] }
  if (layer.type === 'rescaling')
    return connectSteps(inputs, output, rescalingSteps(layer, inputShape, order))
  // A product is one of two: the others come one after the other.
  const first = layer.type === 'multiply' ? [input] : inputs
  return connectSteps(first, output, stepsOf(layer as OfSteps, placed, inputs))
}

type OfSteps = Exclude<
  LayerSpec,
  RecurrentLayer | { type: 'activation' | 'embedding' | 'rescaling' | 'normalization' }
>

function stepsOf(layer: OfSteps, placed: PlacedLayer, inputs: readonly string[]): OnnxStep[] {
  const { name } = layer
  const { inputShape, outputShape } = placed
  switch (layer.type) {
    case 'conv2d':
      return [
        {
          op: 'Conv',
          attributes: windowOf(sidesOf(layer.kernelSize), sidesOf(layer.strides ?? 1), layer.padding),
          others: kernelAndBias(layer),
        },
      ]
    case 'depthwiseConv2d':
      return [depthwiseStep(layer, inputShape, kernelAndBias(layer))]
    case 'separableConv2d': {
      const pointwise = [
        `${name}.pointwise.weight`,
        ...(layer.biasInitializer ? [`${name}.pointwise.bias`] : []),
      ]
      return [
        depthwiseStep(layer, inputShape, [`${name}.depthwise.weight`]),
        { op: 'Conv', attributes: windowOf([1, 1], [1, 1]), others: pointwise },
      ]
    }
    case 'conv2dTranspose':
      return [{ op: 'ConvTranspose', attributes: transposedWindow(layer), others: kernelAndBias(layer) }]
    case 'conv1d': {
      const attributes = windowOf([layer.kernelSize], [layer.strides ?? 1], layer.padding)
      return alongSteps({ op: 'Conv', attributes, others: kernelAndBias(layer) })
    }
    case 'dense':
      return [{ op: 'Gemm', attributes: { transB: 1 }, others: kernelAndBias(layer) }]
    case 'maxPooling2d':
    case 'averagePooling2d': {
      const { poolSize, strides = poolSize, padding } = layer
      const op = layer.type === 'maxPooling2d' ? 'MaxPool' : 'AveragePool'
      return [{ op, attributes: windowOf(sidesOf(poolSize), sidesOf(strides), padding) }]
    }
    case 'maxPooling1d':
    case 'averagePooling1d': {
      const { poolSize, strides = poolSize, padding } = layer
      const op = layer.type === 'maxPooling1d' ? 'MaxPool' : 'AveragePool'
      return alongSteps({ op, attributes: windowOf([poolSize], [strides], padding) })
    }
    case 'zeroPadding2d': {
      const [rows, columns] = marginsOf(layer.padding)
      return [{ op: 'Pad', others: [integersOf([0, 0, rows[0], columns[0], 0, 0, rows[1], columns[1]])] }]
    }
    case 'cropping2d': {
      const [rows, columns] = marginsOf(layer.cropping)
      const ends = [inputShape[0]! - rows[1], inputShape[1]! - columns[1]]
      return [{ op: 'Slice', others: [[rows[0], columns[0]], ends, [2, 3]].map(integersOf) }]
    }
    case 'upSampling2d':
      return [upSamplingStep(layer.size)]
    case 'batchNormalization': {
      const others = [
        layer.scale === false ? valuesOf(inputShape.at(-1)!, 1) : `${name}.weight`,
        layer.center === false ? valuesOf(inputShape.at(-1)!, 0) : `${name}.bias`,
        `${name}.running_mean`,
        `${name}.running_var`,
      ]
      const step = { op: 'BatchNormalization', attributes: { epsilon: { float: layer.epsilon } }, others }
      return inputShape.length === 2 ? alongSteps(step) : [step]
    }
    case 'layerNormalization': {
      const attributes = { axis: -1, epsilon: { float: layer.epsilon } }
      return [{ op: 'LayerNormalization', attributes, others: [`${name}.weight`, `${name}.bias`] }]
    }
    case 'leakyRelu':
      return [leakyReluStep(layer.slope)]
    case 'dropout':
      return []
    case 'add':
      return [{ op: 'Sum' }]
    case 'multiply':
      return inputs.slice(1).map(other => ({ op: 'Mul', others: [other] }))
    case 'average':
      return [{ op: 'Mean' }]
    case 'concatenate':
      return [{ op: 'Concat', attributes: { axis: channelAxis(placed) } }]
    case 'reshape':
      return reshapeSteps(inputShape, outputShape)
    case 'globalAveragePooling2d':
      return [{ op: 'ReduceMean', attributes: { axes: [2, 3], ...keptDims(layer) } }]
    case 'globalMaxPooling2d':
      return [{ op: 'ReduceMax', attributes: { axes: [2, 3], ...keptDims(layer) } }]
    case 'globalAveragePooling1d':
      return [{ op: 'ReduceMean', attributes: { axes: [1], ...keptDims(layer) } }]
    case 'globalMaxPooling1d':
      return [{ op: 'ReduceMax', attributes: { axes: [1], ...keptDims(layer) } }]
    case 'flatten':
      return inputShape.length === 1 ? [] : [{ op: 'Flatten', attributes: { axis: 1 } }]
  }
}

/** For an operator that takes channels or features as its second axis: in sequences they come last. */
function alongSteps(step: OnnxStep): OnnxStep[] {
  const swap = { op: 'Transpose', attributes: { perm: [0, 2, 1] } }
  return [swap, step, swap]
}

function keptDims({ keepDims }: { keepDims?: true }) {
  return { keepdims: Number(keepDims ?? false) }
}

/** What a normalisation without gamma or beta has in their place. */
function valuesOf(channels: number, value: number) {
  return { dims: [channels], data: new Float32Array(channels).fill(value) }
}

function rescalingSteps(
  { scale, offset }: LayerOf<'rescaling'>,
  inputShape: readonly number[],
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

function channelAxis({ outputShape }: PlacedLayer): number {
  return outputShape.length === 3 ? 1 : -1
}

/** Elements are in the order of images whose channels come last. */
function reshapeSteps(from: readonly number[], to: readonly number[]): OnnxStep[] {
  const channelsLast = { op: 'Transpose', attributes: { perm: [0, 2, 3, 1] } }
  const channelsFirst = { op: 'Transpose', attributes: { perm: [0, 3, 1, 2] } }
  return [
    ...(from.length === 3 ? [channelsLast] : []),
    { op: 'Reshape', others: [integersOf([-1, ...to])] },
    ...(to.length === 3 ? [channelsFirst] : []),
  ]
}

function upSamplingStep(size: Extent): OnnxStep {
  const scales = { dims: [4], data: Float32Array.of(1, 1, ...sidesOf(size)) }
  const attributes = { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' }
  // The region of interest, which nobody asks for.
  return { op: 'Resize', attributes, others: ['', scales] }
}

function depthwiseStep(
  { kernelSize, strides = 1, padding }: LayerOf<'depthwiseConv2d' | 'separableConv2d'>,
  inputShape: readonly number[],
  others: readonly string[],
): OnnxStep {
  const window = windowOf(sidesOf(kernelSize), [strides, strides], padding)
  return { op: 'Conv', attributes: { ...window, group: inputShape[2]! }, others }
}

/** Sides are cut off, or lines without input added, so that the output is as large as TensorFlow makes it. */
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

function windowOf(size: readonly number[], strides: readonly number[], padding: Padding = 'valid') {
  return { strides, kernel_shape: size, auto_pad: padding === 'same' ? 'SAME_UPPER' : 'VALID' }
}

function kernelAndBias({
  name,
  biasInitializer,
}: LayerOf<'conv1d' | 'conv2d' | 'conv2dTranspose' | 'depthwiseConv2d' | 'dense'>): string[] {
  return biasInitializer ? [`${name}.weight`, `${name}.bias`] : [`${name}.weight`]
}
