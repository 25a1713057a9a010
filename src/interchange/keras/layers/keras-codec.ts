import type { Config } from '#interchange/keras/activation-config.ts'
import type { Converter } from '#interchange/keras/options.ts'
import type { PlacedLayer } from '#network/place-layers.ts'
import type { LayerType } from '#network/topology.ts'

/** How layers of a type are read from Keras and TensorFlow.js models, and written to them. */
export interface KerasCodec<Type extends LayerType = LayerType> {
  /** Keys are Keras classes; several classes may be read as one type. */
  read: Readonly<Record<string, Converter>>
  /** An activation in it still has its name in the topology. */
  write(placed: PlacedLayer<Type>): Config
  /** Whether its option `axis` must be the last axis, which can only be checked with the shape of the input. */
  hasAxis?: true
  /** The layer's behavior in training only: it adds noise, or updates its statistics. */
  inTraining?: 'noise' | 'statistics'
  /** Whether its variables are those of a cell inside the layer. */
  hasCell?: true
  /** Describes a layer that TensorFlow.js lacks, as the part of a sentence after `TensorFlow.js has no`. */
  missingInTfjs?(name: string): string
}

export type KerasCodecs<Types extends LayerType> = { readonly [Type in Types]: KerasCodec<Type> }
