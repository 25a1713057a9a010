import type { ArtifactVariant } from '#domain/artifact.ts'
import { activationOf, type LossActivation } from '#domain/loss.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import type { LayerSpec, Topology } from '#network/topology.ts'
import { NO_PREPROCESSING, type Preprocessing, preprocessingOf } from './preprocessing.ts'
import type { TrainedModel } from './trained-model.ts'
import { uniqueName } from './unique-name.ts'

/** Options that leave out a part of the computation of predictions. */
export type GraphVariant = Pick<ArtifactVariant, 'graph' | 'preprocessing'>

/** The computations before and after the network that turn examples into the outputs of `predict`. */
export interface Surroundings {
  /** Before the network. */
  preprocessing: Preprocessing
  /** After the network. */
  outputActivation: LossActivation
}

/** The graph of a file, and the computations that it leaves to the reader. */
export interface ExportedGraph {
  preprocessing: Preprocessing
  /** The trained network, and its output activation unless the variant leaves that out. */
  topology: Topology
  /** The computations that a reader of the file must add before and after the graph. */
  left: Surroundings
}

/** The computations that a reader of a weights file must add. */
export function surroundingsOf({ dataset, loss }: TrainingSpec): Surroundings {
  return { preprocessing: preprocessingOf(dataset), outputActivation: activationOf(loss) }
}

export function exportedGraph(
  { spec, topology }: Pick<TrainedModel, 'spec' | 'topology'>,
  variant: GraphVariant,
): ExportedGraph {
  const { preprocessing, outputActivation } = surroundingsOf(spec)
  const isBare = variant.preprocessing === 'none'
  const isLogits = variant.graph === 'logits'
  return {
    preprocessing: isBare ? NO_PREPROCESSING : preprocessing,
    topology: isLogits ? topology : withOutputActivation(topology, outputActivation),
    left: {
      preprocessing: isBare ? preprocessing : NO_PREPROCESSING,
      outputActivation: isLogits ? outputActivation : 'linear',
    },
  }
}

/** If the last layer is dense, it gets the activation, as is usual in models. After any other layer, the activation is a layer. */
function withOutputActivation(topology: Topology, activation: LossActivation): Topology {
  if (activation === 'linear') return topology
  const { layers } = topology
  const last = layers.at(-1)!
  if (last.type === 'dense' && last.activation === 'linear')
    return { ...topology, layers: [...layers.slice(0, -1), { ...last, activation }] }
  const names = layers.map(({ name }) => name)
  const added: LayerSpec = { type: 'activation', name: uniqueName(activation, names), activation }
  return { ...topology, layers: [...layers, added] }
}
