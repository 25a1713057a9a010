import type { ArtifactVariant } from '#domain/artifact.ts'
import { exportedGraph } from '#formats/exported-graph.ts'
import { modelMetadata } from '#formats/model-metadata.ts'
import type { FloatTensor } from '#formats/named-tensor.ts'
import { channelShape, type Preprocessing, shiftAndFactor } from '#formats/preprocessing.ts'
import type { TrainedModel } from '#formats/trained-model.ts'
import { asRescalings } from '#interchange/as-rescalings.ts'
import { elementOrders } from '#interchange/element-order.ts'
import { toTorchLayout } from '#interchange/torch/torch-layout.ts'
import { isRecurrent } from '#network/layers/recurrent.ts'
import { type PlacedLayer, placeLayers } from '#network/place-layers.ts'
import type { Topology } from '#network/topology.ts'
import { recurrentTensors } from './layers/recurrent.ts'
import { onnxLayer } from './onnx-layer.ts'
import { encodeOnnxModel, type OnnxNode, type OnnxTensor } from './onnx-messages.ts'
import { rebuildFromGaps, rebuildIsSmaller } from './onnx-sparse.ts'
import { connectSteps, type OnnxPart, type OnnxStep, restoreOrder } from './onnx-steps.ts'

const INPUT = 'input'
const SCALED = `${INPUT}.scaled`

/**
 * An ONNX model, opset 17. It maps float32 examples of the dataset, images as [batch, height, width, channels] and sequences as [batch,
 * time, features], to the outputs of `predict`. Unless `weights` is `dense`, weights are stored without their zeros and rebuilt in the
 * graph by standard operators, which runtimes constant-fold when they load the model.
 */
export function encodeOnnx(
  model: TrainedModel,
  variant: Pick<ArtifactVariant, 'weights' | 'graph' | 'preprocessing'> = {},
): Uint8Array {
  const { weights } = model
  const { topology: exported, preprocessing, left } = exportedGraph(model, variant)
  const { topology, statistics } = asRescalings({ topology: exported, statistics: model.statistics })
  const outputName = variant.graph ?? 'output'
  const placed = placeLayers(topology)
  const initializers: OnnxTensor[] = []
  const nodes: OnnxNode[] = []
  for (const tensor of toOnnxLayout(placed, topology, [...weights, ...statistics])) {
    if (variant.weights === 'dense' || !rebuildIsSmaller(tensor)) initializers.push(toInitializer(tensor))
    else {
      const rebuilt = rebuildFromGaps(tensor)
      initializers.push(...rebuilt.initializers)
      nodes.push(...rebuilt.nodes)
    }
  }
  const scaled = connectSteps([INPUT], SCALED, preprocessingSteps(preprocessing, topology.inputShape))
  for (const part of [scaled, inChannelsFirst(topology.inputShape), ...layerParts(placed, outputName)]) {
    nodes.push(...part.nodes)
    initializers.push(...part.constants)
  }
  const graph = {
    nodes,
    initializers,
    input: { name: INPUT, shape: topology.inputShape },
    output: { name: outputName, shape: placed.at(-1)!.outputShape },
  }
  return encodeOnnxModel(graph, modelMetadata(model, left))
}

/** As in PyTorch, except for recurrent layers. */
function toOnnxLayout(
  placed: readonly PlacedLayer[],
  topology: Topology,
  tensors: readonly FloatTensor[],
): FloatTensor[] {
  const recurrent = placed.map(({ layer }) => layer).filter(isRecurrent)
  const isTheirs = ({ name }: FloatTensor) => recurrent.some(layer => name.startsWith(`${layer.name}/`))
  const others = tensors.filter(tensor => !isTheirs(tensor))
  return [...toTorchLayout(topology, others), ...recurrent.flatMap(layer => recurrentTensors(layer, tensors))]
}

function layerParts(placed: readonly PlacedLayer[], outputName: string): OnnxPart[] {
  const orders = elementOrders(placed)
  const outputs = placed.map(({ layer }) => `${layer.name}.output`)
  const parts = placed.flatMap((layer, index) => {
    const before: OnnxPart[] = []
    const inputs = layer.inputs.map((position, input) => {
      const name = outputs[position] ?? `${INPUT}.nchw`
      const order = orders[position]
      // The weights of a dense layer are in the order of its input.
      if (!order || orders[index] || layer.layer.type === 'dense') return name
      const restored = `${layer.layer.name}.input${input}`
      before.push(connectSteps([name], restored, [restoreOrder(order)]))
      return restored
    })
    return [...before, onnxLayer(layer, inputs, outputs[index]!, orders[index])]
  })
  const order = orders.at(-1)
  return [...parts, connectSteps([outputs.at(-1)!], outputName, order ? [restoreOrder(order)] : [])]
}

function toInitializer({ name, shape, data }: FloatTensor): OnnxTensor {
  return { name, dims: shape, data }
}

/** The subtraction comes first, as in predictions. */
function preprocessingSteps(preprocessing: Preprocessing, inputShape: readonly number[]): OnnxStep[] {
  const { shift, factor } = shiftAndFactor(preprocessing)
  const constant = (values: readonly number[]) => ({
    dims: channelShape(values, inputShape),
    data: Float32Array.from(values),
  })
  return [
    ...(shift.some(value => value !== 0) ? [{ op: 'Sub', others: [constant(shift)] }] : []),
    ...(factor.some(value => value !== 1) ? [{ op: 'Mul', others: [constant(factor)] }] : []),
  ]
}

function inChannelsFirst(inputShape: readonly number[]): OnnxPart {
  const steps = inputShape.length === 3 ? [{ op: 'Transpose', attributes: { perm: [0, 3, 1, 2] } }] : []
  return connectSteps([SCALED], `${INPUT}.nchw`, steps)
}
