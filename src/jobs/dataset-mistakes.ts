import { type DatasetFacts, factsOf, unknownDataset } from '#domain/dataset.ts'
import type { Mistake } from '#domain/error.ts'
import { activationOf, type Loss, outputsFor } from '#domain/loss.ts'
import type { ModelSpec } from '#domain/model-spec.ts'
import { modelName, outputCount, topologyOf } from '#domain/topology-of.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { preparingLayer } from '#formats/input-scale.ts'

/** Fields of a spec that contradict its dataset. */
export function datasetMistakes({
  dataset: ref,
  model,
  loss,
  batchSize,
  validation,
  augmentation,
}: TrainingSpec): Mistake[] {
  const facts = factsOf(ref)
  if (!facts) return [{ path: 'dataset.id', message: unknownDataset(ref.id) }]
  const mistakes: Mistake[] = []
  const mistake = (path: string, message: string) => mistakes.push({ path, message })
  const { inputShape, splits, dtype } = facts
  const wanted = topologyOf(model).inputShape
  if (!areSameShape(wanted, inputShape))
    mistake(
      'dataset.id',
      `${modelName(model)} expects examples of ${wanted.join(' x ')}, but ${ref.id} has ${inputShape.join(' x ')}`,
    )
  mistakes.push(...outputMistakes(loss, ref.id, facts, outputCount(model)))
  const channels = inputShape.at(-1) ?? 1
  for (const key of ['mean', 'std'] as const) {
    const count = ref.normalize?.[key].length ?? channels
    if (count !== channels && count !== 1)
      mistake(`dataset.normalize.${key}`, `needs ${channels} numbers, one per channel, not ${count}`)
  }
  mistakes.push(...scaleMistakes(ref, facts, model))
  if (topologyOf(model).layers.some(({ type }) => type === 'embedding')) {
    if (dtype === 'uint8' && ref.scale === 'unit')
      mistake('dataset.scale', 'would scale the tokens of the embedding to fractions; set it to "none"')
    if (ref.normalize) mistake('dataset.normalize', 'would change the tokens of the embedding; omit it')
  }
  if (augmentation.length > 0 && (dtype !== 'uint8' || inputShape.length !== 3))
    mistake(
      'augmentation',
      `needs images with byte values; ${ref.id} has ${dtype} examples of shape ${inputShape.join(' x ')}`,
    )
  if ('split' in validation && splits.test === 0)
    mistake(
      'validation',
      `${ref.id} has no test split; use { "fraction": 0.1 } to hold out a tenth of the training split`,
    )
  if ('fraction' in validation && Math.round(validation.fraction * splits.train) === 0)
    mistake(
      'validation.fraction',
      `holds out none of the ${splits.train} training examples; it must hold out at least one`,
    )
  if (batchSize > splits.train)
    mistake('batchSize', `must be at most ${splits.train}, the number of training examples`)
  return mistakes
}

function scaleMistakes(
  { id, scale, normalize }: TrainingSpec['dataset'],
  { dtype }: DatasetFacts,
  model: ModelSpec,
): Mistake[] {
  if (scale === undefined) return []
  if (dtype !== 'uint8')
    return [{ path: 'dataset.scale', message: `needs a dataset with byte values; ${id} has ${dtype}` }]
  if (scale === 'unit' || !normalize) return []
  const layer = preparingLayer(topologyOf(model))
  const why = layer === undefined ? 'dataset.scale is "none"' : `the layer ${layer} scales them`
  const message = `expects values from 0 to 1, but they stay 0 to 255 because ${why}: omit it, or set dataset.scale to "unit"`
  return [{ path: 'dataset.normalize', message }]
}

/** Axes of length 1 are ignored. */
function areSameShape(a: readonly number[], b: readonly number[]): boolean {
  const squeeze = (shape: readonly number[]) => shape.filter(length => length !== 1).join()
  return squeeze(a) === squeeze(b)
}

function outputMistakes(
  loss: Loss,
  id: string,
  { classes, targets }: DatasetFacts,
  outputs: number,
): Mistake[] {
  const wanted = outputsFor(loss, classes, targets)
  const has = targets === undefined ? `${classes.length} classes` : `${targets} targets per example`
  if (wanted.length === 0)
    return [
      {
        path: 'loss',
        message: `${loss} needs classes, but ${id} has ${has}; if its labels are classes, upload it again with "labels": "classes"`,
      },
    ]
  if (wanted.includes(outputs)) return []
  if (outputs === 1 && activationOf(loss) === 'linear' && targets === undefined)
    return [
      {
        path: 'dataset.id',
        message: `with one output, ${loss} would train on the class indices of ${id}, from 0, and not on its labels; upload the data again with "labels": "targets"`,
      },
    ]
  return [{ path: 'model.classes', message: `is ${outputs}, but ${id} has ${has}` }]
}
