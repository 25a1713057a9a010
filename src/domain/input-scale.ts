import { placeLayers } from '#network/shape.ts'
import type { LayerType, Topology } from '#network/topology.ts'
import { type DatasetSpec, factsOf } from './dataset.ts'

const HIGHEST_BYTE = 255

/** What a network is given of an example is its values times this: bytes as 0 to 1, unless `dataset.scale` is `none`. */
export function inputScaleOf(dataset: DatasetSpec): number {
  const isBytes = factsOf(dataset)?.dtype !== 'float32'
  return isBytes && dataset.scale !== 'none' ? 1 / HIGHEST_BYTE : 1
}

/** Layers behind which values are still those of the example. */
const MOVING: ReadonlySet<LayerType> = new Set([
  'flatten',
  'reshape',
  'zeroPadding2d',
  'cropping2d',
  'upSampling2d',
])

/** The layer by which a network prepares its examples itself, if it has one: a Rescaling or Normalization at its beginning. */
export function preparingLayer(topology: Topology): string | undefined {
  const placed = placeLayers(topology)
  const untouched = new Set([-1])
  for (const [position, { layer, inputs }] of placed.entries()) {
    if (!inputs.every(input => untouched.has(input))) continue
    if (layer.type === 'rescaling' || layer.type === 'normalization') return layer.name
    if (MOVING.has(layer.type)) untouched.add(position)
  }
  return undefined
}
