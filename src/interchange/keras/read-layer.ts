import type { Refuse } from '#network/check-topology.ts'
import { CONVERTERS } from './layers/keras-codecs.ts'
import type { UnplacedLayer } from './options.ts'
import { quoted } from './word.ts'

/** A layer of a Keras model, and the names of its inputs. */
export interface KerasLayer {
  /** Its path in the file, for errors. */
  path: string
  name: string
  className: string
  config: Readonly<Record<string, unknown>>
  inputs: readonly string[]
}

const MODELS: ReadonlySet<string> = new Set(['Sequential', 'Functional', 'Model'])

/** The layer without its name and inputs. */
export function layerFromKeras({ className, config, path }: KerasLayer, refuse: Refuse): UnplacedLayer {
  const convert = CONVERTERS.get(className)
  if (!convert) return refuseClass(className, path, refuse)
  const converted = convert(config)
  if ('layer' in converted) return converted.layer
  const { path: place, message } = converted.issue
  refuse(`${path}.config.${place.join('.')}`, message)
}

/** Whether layers of the class are supported. An input layer needs no conversion. */
export function isKnownClass(className: string): boolean {
  return className === 'InputLayer' || CONVERTERS.has(className)
}

/** Explains why layers of a class are not supported. */
export function refuseClass(className: string, path: string, refuse: Refuse): never {
  return refuse(
    `${path}.class_name`,
    MODELS.has(className)
      ? `is ${className}, a model inside a model: build one model from the layers themselves`
      : `is ${quoted(className)}, which is not supported; the supported layers are: ${[...CONVERTERS.keys()].join(', ')}`,
  )
}
