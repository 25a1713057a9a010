import { type RemovedChannels, removeChannels } from '#network/channels/remove-channels.ts'
import { resolveNetwork } from '#network/network.ts'
import type { FloatTensor } from './named-tensor.ts'
import type { TrainedModel } from './trained-model.ts'

/** A model without its channels that do nothing. Its topology is smaller than that of its spec. */
export type CompactModel = TrainedModel & { removed: readonly RemovedChannels[] }

/** The model without its channels that do nothing: the same outputs up to rounding. It has no dual average, because none determines its weights. */
export function compactModel({ dualAverage: _, ...model }: TrainedModel): CompactModel {
  const tensors = [...model.weights, ...model.statistics]
  const { topology, values, removed } = removeChannels(
    model.topology,
    new Map(tensors.map(({ name, data }) => [name, data])),
  )
  const { variables, statistics } = resolveNetwork(topology)
  const toTensor = ({ name, shape }: { name: string; shape: readonly number[] }): FloatTensor => ({
    name,
    shape,
    dtype: 'F32',
    data: values.get(name)!,
  })
  return {
    ...model,
    topology,
    weights: variables.map(toTensor),
    statistics: statistics.map(toTensor),
    removed,
  }
}
