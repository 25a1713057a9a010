import type { Config } from '#interchange/keras/activation-config.ts'
import type { Converter } from '#interchange/keras/options.ts'
import type { PlacedLayer } from '#network/place-layers.ts'
import type { LayerType } from '#network/topology.ts'

/** How layers of a type are read from Keras and TensorFlow.js models, and written to them. */
export interface KerasCodec<Type extends LayerType = LayerType> {
  /** By class of Keras; several classes may be read as one type. */
  read: Readonly<Record<string, Converter>>
  /** An activation in it is still named as in the topology. */
  write(placed: PlacedLayer<Type>): Config
  /** Whether its option `axis` must be the last axis, which only the shape of the input can tell. */
  hasAxis?: true
  /** What the layer does in training only: adds noise, or moves its statistics. */
  inTraining?: 'noise' | 'statistics'
  /** Whether its variables are those of a cell inside the layer. */
  hasCell?: true
  /** Says why TensorFlow.js has no such layer, as what follows `TensorFlow.js has no` in a sentence. */
  missingInTfjs?(name: string): string
}

export type KerasCodecs<Types extends LayerType> = { readonly [Type in Types]: KerasCodec<Type> }
