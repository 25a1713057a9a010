import type { FloatTensor } from '#formats/named-tensor.ts'
import type { TrainedModel } from '#formats/trained-model.ts'
import { resolveNetwork } from '#network/network.ts'
import { randomStream } from '#network/random.ts'
import type { Topology } from '#network/topology.ts'
import type { NetworkInMemory } from '#runtime/src/index.ts'
import { recordOf } from '#test/support/record.ts'
import { drawVariables, toWeight } from '#workers/training/weights.ts'

const DENSITY = 0.4

/**
 * A model of which most weights are zero, and the others so large that activations neither vanish nor explode (He et al. 2015, eq. 10). Its
 * biases, parameters of normalizations and statistics are at no special place.
 *
 * @param densityOf the share of a kernel's weights that are not zero, by the name of the kernel
 */
export function randomModel(
  topology: Topology,
  densityOf: (kernel: string) => number = () => DENSITY,
): TrainedModel {
  const network = resolveNetwork(topology)
  const { params, statistics = [] } = drawVariables(network, 1)
  const random = randomStream(1, 'random model', 1)
  const moved = (tensor: FloatTensor) => ({
    ...tensor,
    data: tensor.data.map(value => value + 0.2 * random.next()),
  })
  const weights = params!.map((tensor, index) => {
    const { kind, fanIn } = network.variables[index]!
    if (kind !== 'kernel') return moved(tensor)
    const density = densityOf(tensor.name)
    const deviation = Math.sqrt(2 / (fanIn * density))
    return toWeight(
      tensor,
      tensor.data.map(() => (random.next() < density ? deviation * random.normal() : 0)),
    )
  })
  return {
    spec: recordOf('mnist-mlp', 0).spec,
    topology,
    weights,
    statistics: statistics.map(moved),
    step: 0,
  }
}

/** The network of a model, from its inputs to its logits, as the runtime takes it. */
export function networkOf({ topology, weights, statistics }: TrainedModel): NetworkInMemory {
  return {
    topology: JSON.parse(JSON.stringify(topology)),
    tensors: [...weights, ...statistics],
    preprocessing: { scale: 1, mean: [0], std: [1] },
    outputActivation: 'linear',
    classes: [],
  }
}
