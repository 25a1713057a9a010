import { classesOf } from '#domain/dataset.ts'
import { topologyOf } from '#domain/topology-of.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import type { Topology } from '#network/topology.ts'
import { type Surroundings, surroundingsOf } from './exported-graph.ts'
import type { Metadata } from './safetensors.ts'
import type { TrainedModel } from './trained-model.ts'

/** A model, or the spec of one that is neither cut nor without some of its channels. */
type DescribedModel = Pick<TrainedModel, 'spec'> & Partial<Pick<TrainedModel, 'topology' | 'cut' | 'removed'>>

/** The fields of a spec that determine the weights. */
export const TRAINING_FIELDS = [
  'dataset',
  'model',
  'optimizer',
  'schedule',
  'loss',
  'batchSize',
  'epochs',
  'seed',
  'shuffle',
  'validation',
  'augmentation',
  'earlyStopping',
  'mask',
  'target',
] as const satisfies readonly (keyof TrainingSpec)[]

/** These fields of a spec as JSON. They are equal for two jobs only if the training is the same. */
export function trainingText(spec: TrainingSpec): string {
  const fields = Object.fromEntries(TRAINING_FIELDS.map(field => [field, spec[field]]))
  const { init, finish: { prune, fineTune } = {} } = spec
  const finish = { ...(prune && { prune }), ...(fineTune && { fineTune }) }
  return JSON.stringify({
    ...fields,
    ...(Object.keys(finish).length > 0 && { finish }),
    ...(init && {
      init: {
        sha256: init.sha256,
        optimizerState: init.optimizerState,
        ...(init.prune && { prune: init.prune }),
      },
    }),
  })
}

/**
 * The metadata of a model file. They depend on spec, seed and data only, not on the job or the time, so that the same training produces the
 * same bytes.
 * @param left the computations that a reader must add to get the outputs of `predict`; for a weights file, all of them
 */
export function modelMetadata(model: DescribedModel, left?: Surroundings): Metadata {
  const { spec, cut, removed } = model
  const { classes, preprocessing, outputActivation } = modelFacts(model, left)
  return {
    layout: 'tensorflow',
    topology: JSON.stringify(networkOf(model)),
    classes: JSON.stringify(classes),
    preprocessing: JSON.stringify(preprocessing),
    outputActivation,
    training: trainingText(spec),
    ...(cut && { cut: JSON.stringify(cut) }),
    ...(removed && { removed: JSON.stringify(removed) }),
  }
}

/** The metadata that a program needs to use a model file whose format includes the network. */
export function modelFacts(model: DescribedModel, left = surroundingsOf(model.spec)) {
  const { spec, cut, removed } = model
  return { classes: classesOf(spec.dataset), ...left, ...(cut && { cut }), ...(removed && { removed }) }
}

/** That of the spec, unless channels were removed from it. */
function networkOf({ spec, topology, removed }: DescribedModel): Topology {
  return removed && topology ? topology : topologyOf(spec.model)
}
