import { layerNameFromKeras, withPlainReferences } from './names.ts'
import { type Entry, withoutOperators } from './operators.ts'

/** Converts an unchecked entry of a Keras model's list of layers to a layer entry with the names that are used here. */
export function plainEntry(entry: unknown): unknown {
  if (!isRecord(entry)) return entry
  const { name, config, inbound_nodes: nodes } = entry
  return withoutOperators({
    ...entry,
    ...(typeof name === 'string' && { name: layerNameFromKeras(name) }),
    ...(isRecord(config) &&
      typeof config.name === 'string' && { config: { ...config, name: layerNameFromKeras(config.name) } }),
    ...(nodes !== undefined && { inbound_nodes: withPlainReferences(nodes) }),
  })
}

function isRecord(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null
}
