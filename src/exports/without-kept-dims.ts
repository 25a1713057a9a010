import type { Layer, Topology } from '#domain/model-spec.ts'
import { placeLayers } from '#domain/shape.ts'

/** The same network for readers whose pools over everything keep no axes: a Reshape puts them back. */
export function withoutKeptDims(topology: Topology): Topology {
  const layers = placeLayers(topology).flatMap(({ layer, outputShape }): Layer[] => {
    if (!('keepDims' in layer)) return [layer]
    const { keepDims: _, ...pool } = layer
    return [
      { ...pool, name: `${layer.name}.pooled` },
      { type: 'reshape', name: layer.name, shape: outputShape },
    ]
  })
  return { ...topology, layers }
}
