import { type DatasetSpec, factsOf } from '#domain/dataset.ts'
import { placeLayers } from '#network/place-layers.ts'
import { definitionOf, type Topology } from '#network/topology.ts'

const HIGHEST_BYTE = 255

/** The factor by which an example's values are multiplied for the network: bytes become 0 to 1 unless `dataset.scale` is `none`. */
export function inputScaleOf(dataset: DatasetSpec): number {
  const isBytes = factsOf(dataset)?.dtype !== 'float32'
  return isBytes && dataset.scale !== 'none' ? 1 / HIGHEST_BYTE : 1
}

/**
 * The layer with which the network itself scales its examples, if there is one: a Rescaling or Normalization of the network's input,
 * directly or after layers that only move values.
 */
export function preparingLayer(topology: Topology): string | undefined {
  const placed = placeLayers(topology)
  const unscaled = new Set([-1])
  for (const [position, { layer, inputs }] of placed.entries()) {
    if (!inputs.every(input => unscaled.has(input))) continue
    const { scalesExamples, elements } = definitionOf(layer)
    if (scalesExamples) return layer.name
    if (elements === 'moved') unscaled.add(position)
  }
  return undefined
}
