import { surroundingsOf } from '#formats/exported-graph.ts'
import type { TrainedModel } from '#formats/trained-model.ts'
import { fromNetwork, type Model } from '#runtime'

/** A trained model on the sparse runtime, on one thread: it maps examples of the dataset to the outputs of `predict`. */
export async function openRuntimeModel(
  { spec, topology, weights, statistics }: TrainedModel,
  kernels: 'auto' | 'dense' = 'auto',
): Promise<Model> {
  const { preprocessing, outputActivation } = surroundingsOf(spec)
  const tensors = [...weights, ...statistics]
  const network = { topology, tensors, preprocessing, outputActivation, classes: [] }
  return await fromNetwork(network, { threads: 1, kernels })
}
