import type { Topology } from '#domain/model-spec.ts'
import { isRecurrent, type PlacedLayer, placeLayers } from '#domain/shape.ts'
import type { Weight } from '#formats/named-tensor.ts'
import { asRescalings } from './as-rescalings.ts'
import { elementOrders } from './element-order.ts'
import { modelMetadata } from './model-metadata.ts'
import { onnxLayer } from './onnx-layer.ts'
import { encodeOnnxModel, type OnnxNode, type OnnxTensor } from './onnx-messages.ts'
import { recurrentTensors } from './onnx-recurrent.ts'
import { rebuildFromGaps, rebuildIsSmaller } from './onnx-sparse.ts'
import { connectSteps, type OnnxPart, restoreOrder } from './onnx-steps.ts'
import { toTorchLayout } from './torch-layout.ts'
import type { TrainedModel } from './trained-model.ts'

const INPUT = 'input'
const OUTPUT = 'logits'

/**
 * An ONNX model, opset 17, that takes images as [batch, height, width, channels], sequences as [batch, time, features], and gives logits. Unless `dense`, weights are
 * stored without their zeros and put together inside the graph by standard operators, which runtimes fold when they load it.
 */
export function encodeOnnx({ spec, weights, ...model }: TrainedModel, dense: boolean): Uint8Array {
  const { topology, statistics } = asRescalings(model)
  const placed = placeLayers(topology)
  const initializers: OnnxTensor[] = []
  const nodes: OnnxNode[] = []
  for (const tensor of toOnnxLayout(placed, topology, [...weights, ...statistics])) {
    if (dense || !rebuildIsSmaller(tensor)) initializers.push(toInitializer(tensor))
    else {
      const rebuilt = rebuildFromGaps(tensor)
      initializers.push(...rebuilt.initializers)
      nodes.push(...rebuilt.nodes)
    }
  }
  nodes.push(inChannelsFirst(topology.inputShape))
  for (const part of layerParts(placed)) {
    nodes.push(...part.nodes)
    initializers.push(...part.constants)
  }
  const graph = {
    nodes,
    initializers,
    input: { name: INPUT, shape: topology.inputShape },
    output: { name: OUTPUT, shape: placed.at(-1)!.outputShape },
  }
  return encodeOnnxModel(graph, modelMetadata(spec))
}

/** As PyTorch has them, but for recurrent layers. */
function toOnnxLayout(
  placed: readonly PlacedLayer[],
  topology: Topology,
  tensors: readonly Weight[],
): Weight[] {
  const recurrent = placed.map(({ layer }) => layer).filter(isRecurrent)
  const isTheirs = ({ name }: Weight) => recurrent.some(layer => name.startsWith(`${layer.name}/`))
  const others = tensors.filter(tensor => !isTheirs(tensor))
  return [...toTorchLayout(topology, others), ...recurrent.flatMap(layer => recurrentTensors(layer, tensors))]
}

function layerParts(placed: readonly PlacedLayer[]): OnnxPart[] {
  const orders = elementOrders(placed)
  const outputs = placed.map(({ layer }) => `${layer.name}.output`)
  const parts = placed.flatMap((layer, index) => {
    const before: OnnxPart[] = []
    const inputs = layer.inputs.map((position, input) => {
      const name = outputs[position] ?? `${INPUT}.nchw`
      const order = orders[position]
      // A dense layer's weights stand in the order of what it takes.
      if (!order || orders[index] || layer.layer.type === 'dense') return name
      const restored = `${layer.layer.name}.input${input}`
      before.push(connectSteps([name], restored, [restoreOrder(order)]))
      return restored
    })
    return [...before, onnxLayer(layer, inputs, outputs[index]!, orders[index])]
  })
  const order = orders.at(-1)
  return [...parts, connectSteps([outputs.at(-1)!], OUTPUT, order ? [restoreOrder(order)] : [])]
}

function toInitializer({ name, shape, data }: Weight): OnnxTensor {
  return { name, dims: shape, data }
}

function inChannelsFirst(inputShape: readonly number[]): OnnxNode {
  const output = `${INPUT}.nchw`
  if (inputShape.length !== 3) return { op: 'Identity', input: [INPUT], output }
  return { op: 'Transpose', input: [INPUT], output, attributes: { perm: [0, 3, 1, 2] } }
}
