import type { Converter } from '#interchange/keras/options.ts'
import type { LayerType } from '#network/topology.ts'
import { ACTIVATION_CODECS } from './activation.ts'
import { CONVOLUTION_CODECS } from './convolution.ts'
import { CORE_CODECS } from './core.ts'
import type { KerasCodec, KerasCodecs } from './keras-codec.ts'
import { MERGING_CODECS } from './merging.ts'
import { NORMALIZATION_CODECS } from './normalization.ts'
import { POOLING_CODECS } from './pooling.ts'
import { PREPROCESSING_CODECS } from './preprocessing.ts'
import { bidirectional, RECURRENT_CODECS } from './recurrent.ts'
import { REGULARIZATION_CODECS } from './regularization.ts'
import { RESHAPING_CODECS } from './reshaping.ts'

const CODECS: KerasCodecs<LayerType> = {
  ...CORE_CODECS,
  ...CONVOLUTION_CODECS,
  ...POOLING_CODECS,
  ...RECURRENT_CODECS,
  ...PREPROCESSING_CODECS,
  ...NORMALIZATION_CODECS,
  ...REGULARIZATION_CODECS,
  ...RESHAPING_CODECS,
  ...MERGING_CODECS,
  ...ACTIVATION_CODECS,
}

export function kerasCodec(type: LayerType): KerasCodec {
  return CODECS[type] as KerasCodec
}

const byClass = (Object.values(CODECS) as KerasCodec[]).flatMap(codec =>
  Object.entries(codec.read).map(([className, convert]) => ({ className, convert, codec })),
)

/** Keys are the classes that they read. */
export const CONVERTERS: ReadonlyMap<string, Converter> = new Map([
  ...byClass.map(({ className, convert }) => [className, convert] as const),
  ['Bidirectional', bidirectional],
])

const CODEC_OF_CLASS = new Map(byClass.map(({ className, codec }) => [className, codec]))

/** Undefined for a class that does not correspond to a layer type. */
export function codecOfClass(className: string): KerasCodec | undefined {
  return CODEC_OF_CLASS.get(className)
}
