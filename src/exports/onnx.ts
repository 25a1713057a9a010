import type { Layer, LayerOf } from '#domain/model-spec.ts'
import { type PlacedLayer, placeLayers } from '#domain/shape.ts'
import type { Weight } from '#formats/named-tensor.ts'
import { modelMetadata } from './model-metadata.ts'
import { encodeOnnxModel, type OnnxNode, type OnnxTensor } from './onnx-messages.ts'
import { denseOverSteps, embeddingNodes, normalisationOverSteps } from './onnx-sequences.ts'
import { rebuildFromGaps, rebuildIsSmaller } from './onnx-sparse.ts'
import { toTorchLayout } from './torch-layout.ts'
import type { TrainedModel } from './trained-model.ts'

const INPUT = 'input'
const OUTPUT = 'logits'
const ACTIVATION_OPS = { linear: 'Identity', relu: 'Relu', tanh: 'Tanh', sigmoid: 'Sigmoid' } as const

/**
 * An ONNX model, opset 17, that takes images as [batch, height, width, channels], sequences as [batch, time, features], and gives logits. Unless `dense`, weights are
 * stored without their zeros and put together inside the graph by standard operators, which runtimes fold when they load it.
 */
export function encodeOnnx(
  { spec, topology, weights, statistics }: TrainedModel,
  dense: boolean,
): Uint8Array {
  const placed = placeLayers(topology)
  const initializers: OnnxTensor[] = []
  const nodes: OnnxNode[] = []
  for (const tensor of toTorchLayout(topology, [...weights, ...statistics])) {
    if (dense || !rebuildIsSmaller(tensor)) initializers.push(toInitializer(tensor))
    else {
      const rebuilt = rebuildFromGaps(tensor)
      initializers.push(...rebuilt.initializers)
      nodes.push(...rebuilt.nodes)
    }
  }
  nodes.push(inChannelsFirst(topology.inputShape))
  const outputs = placed.map(({ layer }, index) =>
    index === placed.length - 1 ? OUTPUT : `${layer.name}.output`,
  )
  for (const [index, layer] of placed.entries()) {
    const inputs = layer.inputs.map(position => outputs[position] ?? `${INPUT}.nchw`)
    nodes.push(...layerNodes(layer, inputs, outputs[index]!))
    initializers.push(...layerConstants(layer))
  }
  const graph = {
    nodes,
    initializers,
    input: { name: INPUT, shape: topology.inputShape },
    output: { name: OUTPUT, shape: placed.at(-1)!.outputShape },
  }
  return encodeOnnxModel(graph, modelMetadata(spec))
}

function toInitializer({ name, shape, data }: Weight): OnnxTensor {
  return { name, dims: shape, data }
}

function inChannelsFirst(inputShape: readonly number[]): OnnxNode {
  const output = `${INPUT}.nchw`
  if (inputShape.length !== 3) return { op: 'Identity', input: [INPUT], output }
  return { op: 'Transpose', input: [INPUT], output, attributes: { perm: [0, 3, 1, 2] } }
}

/** A layer's own operators, and its activation as another. */
function layerNodes(placed: PlacedLayer, inputs: readonly string[], output: string): OnnxNode[] {
  const { layer } = placed
  if (!('activation' in layer) || layer.activation === 'linear' || layer.type === 'activation')
    return ownNodes(placed, inputs, output)
  const linear = `${layer.name}.linear`
  return [
    ...ownNodes(placed, inputs, linear),
    { op: ACTIVATION_OPS[layer.activation], input: [linear], output },
  ]
}

function ownNodes({ layer, inputShape }: PlacedLayer, inputs: readonly string[], output: string): OnnxNode[] {
  const [input] = inputs as [string]
  if (layer.type === 'embedding') return embeddingNodes(layer, input, output)
  const operator = (from: readonly string[], to: string): OnnxNode => {
    const { constants, ...rest } = operatorOf(layer, inputShape)
    return { ...rest, input: [...from, ...constants], output: to }
  }
  if (inputShape.length === 2 && layer.type === 'dense') return denseOverSteps(layer, input, output)
  if (inputShape.length === 2 && layer.type === 'batchNormalization')
    return normalisationOverSteps(layer, input, output, (from, to) => [operator([from], to)])
  return [operator(inputs, output)]
}

type Operator = Pick<OnnxNode, 'op' | 'attributes'> & { constants: readonly string[] }

function operatorOf(layer: Exclude<Layer, LayerOf<'embedding'>>, inputShape: readonly number[]): Operator {
  const { name } = layer
  switch (layer.type) {
    case 'conv2d': {
      const { strides = 1, padding, kernelSize } = layer
      const attributes = {
        strides: [strides, strides],
        kernel_shape: [kernelSize, kernelSize],
        auto_pad: padding === 'same' ? 'SAME_UPPER' : 'VALID',
      }
      return { op: 'Conv', attributes, constants: kernelAndBias(layer) }
    }
    case 'dense':
      return { op: 'Gemm', attributes: { transB: 1 }, constants: kernelAndBias(layer) }
    case 'maxPooling2d':
    case 'averagePooling2d': {
      const { poolSize, strides = poolSize } = layer
      const attributes = { kernel_shape: [poolSize, poolSize], strides: [strides, strides] }
      return { op: layer.type === 'maxPooling2d' ? 'MaxPool' : 'AveragePool', attributes, constants: [] }
    }
    case 'zeroPadding2d':
      return { op: 'Pad', constants: [`${name}.pads`] }
    case 'batchNormalization': {
      const constants = ['weight', 'bias', 'running_mean', 'running_var'].map(word => `${name}.${word}`)
      return { op: 'BatchNormalization', attributes: { epsilon: { float: layer.epsilon } }, constants }
    }
    case 'layerNormalization': {
      const attributes = { axis: -1, epsilon: { float: layer.epsilon } }
      return { op: 'LayerNormalization', attributes, constants: [`${name}.weight`, `${name}.bias`] }
    }
    case 'activation':
      return { op: ACTIVATION_OPS[layer.activation], constants: [] }
    case 'dropout':
      return { op: 'Identity', constants: [] }
    case 'add':
      return { op: 'Sum', constants: [] }
    case 'globalAveragePooling2d':
      return { op: 'ReduceMean', attributes: { axes: [2, 3], keepdims: 0 }, constants: [] }
    case 'flatten':
      return inputShape.length === 1
        ? { op: 'Identity', constants: [] }
        : { op: 'Flatten', attributes: { axis: 1 }, constants: [] }
  }
}

function kernelAndBias({ name, biasInitializer }: Extract<Layer, { type: 'conv2d' | 'dense' }>): string[] {
  return biasInitializer ? [`${name}.weight`, `${name}.bias`] : [`${name}.weight`]
}

function layerConstants({ layer }: PlacedLayer): OnnxTensor[] {
  if (layer.type !== 'zeroPadding2d') return []
  const side = [0, 0, layer.padding, layer.padding]
  return [{ name: `${layer.name}.pads`, dims: [8], data: BigInt64Array.from([...side, ...side].map(BigInt)) }]
}
