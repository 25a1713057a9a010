import type { Preprocessing } from '#formats/preprocessing.ts'
import type { Topology } from '#network/topology.ts'
import { codecOfClass } from './layers/keras-codecs.ts'
import { functionalConfig } from './layers-config.ts'

/** The group of a layer's variables in an HDF5 file, and the prefix of their names in the model. */
export interface KerasGroup {
  group: string
  prefix: string
  /** Whether Keras stores a number of examples after the layer's statistics. */
  hasCount?: boolean
}

/** Keras names a layer's group after its class in snake case. From the second layer of a class on, it appends a number. */
export function kerasGroups(topology: Topology, preprocessing?: Preprocessing): KerasGroup[] {
  const { layers } = functionalConfig(topology, 'keras', preprocessing)
  const counts = new Map<string, number>()
  return layers.flatMap(({ class_name, name, config }) => {
    const base = snakeCase(class_name)
    const count = counts.get(base) ?? 0
    counts.set(base, count + 1)
    const group = count === 0 ? base : `${base}_${count}`
    if (class_name === 'Bidirectional')
      return ['forward', 'backward'].map(way => ({
        group: `${group}/${way}_layer/cell`,
        prefix: `${name}/${way}`,
      }))
    const hasCount = class_name === 'Normalization' && config.mean === null
    return [{ group: codecOfClass(class_name)?.hasCell ? `${group}/cell` : group, prefix: name, hasCount }]
  })
}

function snakeCase(name: string): string {
  return name
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
}
