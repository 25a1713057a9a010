import { isLengths, isObject, type JsonObject } from '../file/json.ts'
import { ModelError } from '../model-error.ts'

/** A topology whose layers are not checked yet. */
export interface ParsedTopology {
  /** Of an example. */
  inputShape: readonly number[]
  layers: readonly ParsedLayer[]
}

export interface ParsedLayer {
  name: string
  options: JsonObject
  /** Names of earlier layers; absent: the layer before. */
  inputs?: readonly string[]
}

const MAX_LAYERS = 1000

/** @throws ModelError */
export function parseTopology(json: unknown): ParsedTopology {
  const { inputShape, layers } = isObject(json) ? json : {}
  if (!isLengths(inputShape) || inputShape.length === 0)
    throw new ModelError('inputShape of the topology must be a list of whole numbers')
  if (!Array.isArray(layers) || layers.length === 0 || layers.length > MAX_LAYERS)
    throw new ModelError(`the topology must have 1 to ${MAX_LAYERS} layers`)
  return { inputShape, layers: layers.map(parseLayer) }
}

function parseLayer(json: unknown, index: number): ParsedLayer {
  const options = isObject(json) ? json : {}
  const { name, inputs } = options
  if (typeof name !== 'string') throw new ModelError(`layer ${index} of the topology must have a name`)
  if (inputs === undefined) return { name, options }
  if (Array.isArray(inputs) && inputs.length > 0 && inputs.every(input => typeof input === 'string'))
    return { name, options, inputs }
  throw new ModelError(`inputs of layer "${name}" must be a list of names`)
}
