import { BUILT_IN_DATASETS } from '#domain/dataset.ts'
import { PRESETS } from '#domain/presets/presets.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import type { Metadata } from '#formats/safetensors.ts'

/** The fields of a spec that determine the weights, as JSON. */
export function trainingText(spec: TrainingSpec): string {
  const {
    dataset,
    model,
    optimizer,
    schedule,
    loss,
    batchSize,
    epochs,
    seed,
    shuffle,
    validation,
    augmentation,
  } = spec
  return JSON.stringify({
    dataset,
    model,
    optimizer,
    schedule,
    loss,
    batchSize,
    epochs,
    seed,
    shuffle,
    validation,
    augmentation,
  })
}

/**
 * What a model file says of itself: only what spec, seed and data determine, never who trained it or when, so that the
 * same training makes the same bytes.
 */
export function modelMetadata(spec: TrainingSpec): Metadata {
  const { dataset, model } = spec
  return {
    layout: 'tensorflow',
    topology: JSON.stringify(PRESETS[model.preset].topology),
    classes: JSON.stringify(BUILT_IN_DATASETS.get(dataset.id)!.classes),
    training: trainingText(spec),
  }
}
