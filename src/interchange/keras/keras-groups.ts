import type { Preprocessing } from '#domain/preprocessing.ts'
import type { Topology } from '#network/topology.ts'
import { functionalConfig } from './layers-config.ts'

/** Classes whose variables are those of a cell inside. */
const WITH_CELL: ReadonlySet<string> = new Set(['LSTM', 'GRU', 'SimpleRNN'])

/** Where a layer's variables lie in an HDF5 file, and what their names begin with here. */
export interface KerasGroup {
  group: string
  prefix: string
  /** Whether Keras keeps a number of examples behind the layer's statistics. */
  hasCount?: boolean
}

/** Keras names a layer's group by its class in snake case, the second and later ones of a class with a number. */
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
    return [{ group: WITH_CELL.has(class_name) ? `${group}/cell` : group, prefix: name, hasCount }]
  })
}

function snakeCase(name: string): string {
  return name
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
}
