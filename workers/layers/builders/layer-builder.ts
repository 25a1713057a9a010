import type { PlacedLayer } from '#network/place-layers.ts'
import type { LayerType } from '#network/topology.ts'
import type { Layer } from '#workers/layers/layer.ts'

/** Creates a layer from its spec. @param position the index of the layer, which distinguishes dropouts */
export type LayerBuilder<Type extends LayerType = LayerType> = (
  placed: PlacedLayer<Type>,
  position: number,
) => Layer

export type LayerBuilders<Types extends LayerType> = { readonly [Type in Types]: LayerBuilder<Type> }
