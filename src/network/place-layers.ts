import type { LayerPlace } from './layers/layer-definition.ts'
import { NETWORK_INPUT, type Shape } from './shape.ts'
import { definitionOf, type LayerOf, type LayerType, type Topology } from './topology.ts'

/** A layer in its network: its inputs, and the shapes of its first input and of its output. */
export interface PlacedLayer<Type extends LayerType = LayerType> extends LayerPlace<LayerOf<Type>> {
  /** Positions of layers; -1 is the network's input. */
  inputs: readonly number[]
}

/** @throws Error when an input of a layer does not come before the layer, or when its output has no shape */
export function placeLayers({ inputShape, layers }: Topology): PlacedLayer[] {
  const placed: PlacedLayer[] = []
  const positions = new Map([[NETWORK_INPUT, -1]])
  for (const [index, layer] of layers.entries()) {
    const inputs = layer.inputs?.map(name => positionOf(name, positions, layer.name)) ?? [index - 1]
    const shapes = inputs.map(input => shapeAt(input, placed, inputShape))
    const outputShape = definitionOf(layer).outputShape(layer, shapes)
    placed.push({ layer, inputs, inputShape: shapes[0]!, outputShape })
    positions.set(layer.name, index)
  }
  return placed
}

/** The output shape of the layer at a position. */
export function shapeAt(position: number, placed: readonly PlacedLayer[], inputShape: Shape): Shape {
  return position === -1 ? inputShape : placed[position]!.outputShape
}

function positionOf(name: string, positions: ReadonlyMap<string, number>, taker: string): number {
  const position = positions.get(name)
  if (position === undefined) throw new Error(`${taker} has the input ${name}, which does not come before it`)
  return position
}
