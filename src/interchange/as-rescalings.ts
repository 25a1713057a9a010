import type { FloatTensor } from '#formats/named-tensor.ts'
import type { PerChannel } from '#network/layers/options.ts'
import { deviationOf } from '#network/normalization.ts'
import type { LayerOf, LayerSpec, Topology } from '#network/topology.ts'
import { isAdapted } from '#network/variables.ts'

/** A network and its statistics. */
interface Kept {
  topology: Topology
  statistics: readonly FloatTensor[]
}

/**
 * The same network for formats without Normalization: each Normalization becomes two rescalings. The first one subtracts the mean, because
 * values may be far from zero.
 */
export function asRescalings({ topology, statistics }: Kept): Kept {
  const adapted = new Set(topology.layers.filter(isAdapted).flatMap(layer => namesOf(layer)))
  const layers = topology.layers.flatMap((layer): LayerSpec[] => {
    if (layer.type !== 'normalization') return [layer]
    const { name, inputs } = layer
    const [mean, variance] = valuesOf(layer, statistics)
    const offset = mapChannels(mean, value => -value)
    const scale = mapChannels(deviationOf(variance), deviation => 1 / deviation)
    return [
      { type: 'rescaling', name: `${name}.centred`, scale: 1, offset, ...(inputs && { inputs }) },
      { type: 'rescaling', name, scale, offset: 0 },
    ]
  })
  return {
    topology: { ...topology, layers },
    statistics: statistics.filter(({ name }) => !adapted.has(name)),
  }
}

function valuesOf(
  layer: LayerOf<'normalization'>,
  statistics: readonly FloatTensor[],
): readonly [mean: PerChannel, variance: PerChannel] {
  if (layer.mean !== undefined) return [layer.mean, layer.variance!]
  const [mean, variance] = namesOf(layer).map(name => [...statistics.find(one => one.name === name)!.data])
  return [mean!, variance!]
}

function namesOf({ name }: LayerOf<'normalization'>): string[] {
  return [`${name}/mean`, `${name}/variance`]
}

function mapChannels(values: PerChannel, change: (value: number) => number): PerChannel {
  return typeof values === 'number' ? change(values) : values.map(change)
}
