import { placeLayers } from '#network/place-layers.ts'
import type { LayerSpec, Topology } from '#network/topology.ts'

/**
 * The same network with layers that TensorFlow.js has: its global pools cannot keep axes, so a Reshape restores them, and its Flatten does
 * not accept vectors.
 */
export function tfjsTopology(topology: Topology): Topology {
  const layers = placeLayers(topology).flatMap(({ layer, inputShape, outputShape }): LayerSpec[] => {
    const { name } = layer
    if (layer.type === 'flatten' && inputShape.length === 1)
      return [{ ...layer, type: 'reshape', shape: outputShape }]
    if (!('keepDims' in layer)) return [layer]
    const { keepDims: _, ...pool } = layer
    return [
      { ...pool, name: `${name}.pooled` },
      { type: 'reshape', name, shape: outputShape },
    ]
  })
  return { ...topology, layers }
}
