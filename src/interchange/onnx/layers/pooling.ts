import type { POOLING_LAYERS } from '#network/layers/pooling.ts'
import { sidesOf } from '#network/shape.ts'
import { alongSteps, chain, type OnnxWriters } from './onnx-writer.ts'
import { windowOf } from './window.ts'

const imagePooling = (op: string) =>
  chain<'maxPooling2d' | 'averagePooling2d'>(({ layer: { poolSize, strides = poolSize, padding } }) => [
    { op, attributes: windowOf(sidesOf(poolSize), sidesOf(strides), padding) },
  ])

const sequencePooling = (op: string) =>
  chain<'maxPooling1d' | 'averagePooling1d'>(({ layer: { poolSize, strides = poolSize, padding } }) =>
    alongSteps({ op, attributes: windowOf([poolSize], [strides], padding) }),
  )

type GlobalPool = Extract<keyof typeof POOLING_LAYERS, `global${string}`>

const globalPooling = (op: string, axes: number[]) =>
  chain<GlobalPool>(({ layer: { keepDims = false } }) => [
    { op, attributes: { axes, keepdims: Number(keepDims) } },
  ])

export const POOLING_WRITERS: OnnxWriters<keyof typeof POOLING_LAYERS> = {
  maxPooling2d: imagePooling('MaxPool'),
  averagePooling2d: imagePooling('AveragePool'),
  maxPooling1d: sequencePooling('MaxPool'),
  averagePooling1d: sequencePooling('AveragePool'),
  globalAveragePooling2d: globalPooling('ReduceMean', [2, 3]),
  globalMaxPooling2d: globalPooling('ReduceMax', [2, 3]),
  globalAveragePooling1d: globalPooling('ReduceMean', [1]),
  globalMaxPooling1d: globalPooling('ReduceMax', [1]),
}
