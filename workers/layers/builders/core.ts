import type { CORE_LAYERS } from '#network/layers/core.ts'
import { dense } from '#workers/layers/dense.ts'
import { embedding } from '#workers/layers/embedding.ts'
import type { LayerBuilders } from './layer-builder.ts'

export const CORE_BUILDERS: LayerBuilders<keyof typeof CORE_LAYERS> = {
  dense: ({ layer }, _, skipsZeros) => dense(layer, skipsZeros),
  embedding: ({ layer }) => embedding(layer),
}
