import type { PlacedLayer } from '#network/place-layers.ts'
import type { LayerType } from '#network/topology.ts'
import type { Layer } from '#workers/layers/layer.ts'

/**
 * Creates a layer from its spec.
 * @param position the index of the layer, which distinguishes dropouts
 * @param skipsZeros whether its products leave out the weights that are zero
 */
export type LayerBuilder<Type extends LayerType = LayerType> = (
  placed: PlacedLayer<Type>,
  position: number,
  skipsZeros: boolean,
) => Layer

export type LayerBuilders<Types extends LayerType> = { readonly [Type in Types]: LayerBuilder<Type> }
