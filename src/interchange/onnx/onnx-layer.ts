import type { ElementOrder } from '#interchange/element-order.ts'
import type { PlacedLayer } from '#network/place-layers.ts'
import type { LayerType } from '#network/topology.ts'
import { ACTIVATION_WRITERS, activationSteps } from './layers/activation.ts'
import { CONVOLUTION_WRITERS } from './layers/convolution.ts'
import { CORE_WRITERS } from './layers/core.ts'
import { MERGING_WRITERS } from './layers/merging.ts'
import { NORMALIZATION_WRITERS } from './layers/normalization.ts'
import { channelAxis, type OnnxWriter, type OnnxWriters } from './layers/onnx-writer.ts'
import { POOLING_WRITERS } from './layers/pooling.ts'
import { PREPROCESSING_WRITERS } from './layers/preprocessing.ts'
import { RECURRENT_WRITERS } from './layers/recurrent.ts'
import { REGULARIZATION_WRITERS } from './layers/regularization.ts'
import { RESHAPING_WRITERS } from './layers/reshaping.ts'
import { connectSteps, type OnnxPart } from './onnx-steps.ts'

const WRITERS: OnnxWriters<LayerType> = {
  ...CORE_WRITERS,
  ...CONVOLUTION_WRITERS,
  ...POOLING_WRITERS,
  ...RECURRENT_WRITERS,
  ...PREPROCESSING_WRITERS,
  ...NORMALIZATION_WRITERS,
  ...REGULARIZATION_WRITERS,
  ...RESHAPING_WRITERS,
  ...MERGING_WRITERS,
  ...ACTIVATION_WRITERS,
}

/**
 * A layer's operators, followed by those of its activation. Images are [batch, channels, height, width], sequences [batch, time, features].
 * @param order of the elements of a vector
 */
export function onnxLayer(
  placed: PlacedLayer,
  inputs: readonly string[],
  output: string,
  order?: ElementOrder,
): OnnxPart {
  const { layer, outputShape } = placed
  const write = WRITERS[layer.type] as OnnxWriter
  const isFused = 'activation' in layer && layer.type !== 'activation' && layer.activation !== 'linear'
  if (!isFused) return write(placed, { inputs, output, order })
  const linear = `${layer.name}.linear`
  const before = write(placed, { inputs, output: linear, order: undefined })
  const steps = activationSteps(layer.activation, linear, channelAxis(outputShape))
  const after = connectSteps([linear], output, steps)
  return { nodes: [...before.nodes, ...after.nodes], constants: [...before.constants, ...after.constants] }
}
