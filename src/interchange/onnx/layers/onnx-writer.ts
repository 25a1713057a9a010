import type { ElementOrder } from '#interchange/element-order.ts'
import { connectSteps, type OnnxPart, type OnnxStep } from '#interchange/onnx/onnx-steps.ts'
import type { PlacedLayer } from '#network/place-layers.ts'
import type { Shape } from '#network/shape.ts'
import type { LayerType } from '#network/topology.ts'

/** Where a layer is connected to the graph. Images are [batch, channels, height, width], sequences [batch, time, features]. */
export interface OnnxPorts {
  inputs: readonly string[]
  output: string
  /** The order of the elements in its input and output vectors. */
  order: ElementOrder | undefined
}

/** Writes a layer's operators, without the activation that layers with a kernel have. */
export type OnnxWriter<Type extends LayerType = LayerType> = (
  placed: PlacedLayer<Type>,
  ports: OnnxPorts,
) => OnnxPart

export type OnnxWriters<Types extends LayerType> = { readonly [Type in Types]: OnnxWriter<Type> }

/** A layer that is a chain of operators. */
export const chain =
  <Type extends LayerType>(steps: (placed: PlacedLayer<Type>) => readonly OnnxStep[]): OnnxWriter<Type> =>
  (placed, { inputs, output }) =>
    connectSteps(inputs, output, steps(placed))

/** For an operator whose second axis is channels or features: in sequences they are the last axis. */
export function alongSteps(step: OnnxStep): OnnxStep[] {
  const swap = { op: 'Transpose', attributes: { perm: [0, 2, 1] } }
  return [swap, step, swap]
}

export function channelAxis(outputShape: Shape): number {
  return outputShape.length === 3 ? 1 : -1
}
