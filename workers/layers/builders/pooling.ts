import type { POOLING_LAYERS } from '#network/layers/pooling.ts'
import { alongSteps } from '#workers/layers/along-steps.ts'
import { averagePooling } from '#workers/layers/average-pooling.ts'
import { globalAveragePooling } from '#workers/layers/global-average-pooling.ts'
import { globalMaxPooling } from '#workers/layers/global-max-pooling.ts'
import { keepDims } from '#workers/layers/keep-dims.ts'
import type { Layer } from '#workers/layers/layer.ts'
import { maxPooling } from '#workers/layers/max-pooling.ts'
import { poolOfRows } from '#workers/layers/pooling-window.ts'
import type { LayerBuilder, LayerBuilders } from './layer-builder.ts'

const globalPooling =
  (pool: Layer): LayerBuilder =>
  ({ outputShape }) =>
    outputShape.length > 1 ? keepDims(pool, outputShape) : pool

export const POOLING_BUILDERS: LayerBuilders<keyof typeof POOLING_LAYERS> = {
  maxPooling2d: ({ layer }) => maxPooling(layer),
  averagePooling2d: ({ layer }) => averagePooling(layer),
  maxPooling1d: ({ layer }) => alongSteps(maxPooling(poolOfRows(layer))),
  averagePooling1d: ({ layer }) => alongSteps(averagePooling(poolOfRows(layer))),
  globalAveragePooling2d: globalPooling(globalAveragePooling),
  globalMaxPooling2d: globalPooling(globalMaxPooling),
  globalAveragePooling1d: globalPooling(alongSteps(globalAveragePooling)),
  globalMaxPooling1d: globalPooling(alongSteps(globalMaxPooling)),
}
