import { placeLayers } from '#domain/shape.ts'
import type { Weight } from '#formats/named-tensor.ts'
import { modelMetadata } from './model-metadata.ts'
import { onnxLayer } from './onnx-layer.ts'
import { encodeOnnxModel, type OnnxNode, type OnnxTensor } from './onnx-messages.ts'
import { rebuildFromGaps, rebuildIsSmaller } from './onnx-sparse.ts'
import { toTorchLayout } from './torch-layout.ts'
import type { TrainedModel } from './trained-model.ts'

const INPUT = 'input'
const OUTPUT = 'logits'

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
    const part = onnxLayer(layer, inputs, outputs[index]!)
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

function toInitializer({ name, shape, data }: Weight): OnnxTensor {
  return { name, dims: shape, data }
}

function inChannelsFirst(inputShape: readonly number[]): OnnxNode {
  const output = `${INPUT}.nchw`
  if (inputShape.length !== 3) return { op: 'Identity', input: [INPUT], output }
  return { op: 'Transpose', input: [INPUT], output, attributes: { perm: [0, 3, 1, 2] } }
}
