import type { FloatTensor } from '#formats/named-tensor.ts'
import type { TrainedModel } from '#formats/trained-model.ts'
import { topologyFromKeras } from '#interchange/keras/read-model.ts'
import { resolveNetwork } from '#network/network.ts'
import { randomStream } from '#network/random.ts'
import { recordOf } from '#test/support/record.ts'
import { drawVariables } from '#workers/training/weights.ts'

/** The model of the JSON, with weights and statistics drawn from a seed. */
export function modelOf(json: unknown): TrainedModel {
  const topology = topologyFromKeras(json)
  const { params, statistics = [] } = drawVariables(resolveNetwork(topology), 1)
  const random = randomStream(1, 'moved', 1)
  const moved = (weight: FloatTensor) => ({
    ...weight,
    data: weight.data.map(value => value + 0.2 * random.next()),
  })
  return {
    spec: recordOf('mnist-mlp', 0).spec,
    topology,
    weights: params!.map(moved),
    statistics: statistics.map(moved),
    step: 0,
  }
}
