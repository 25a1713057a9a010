import { EvaluationOptions } from '#analyses/evaluation.ts'
import type { EvaluationResult } from '#analyses/evaluation-result.ts'
import { type DatasetSpec, factsOf } from '#domain/dataset.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import type { TrainedModel } from '#formats/trained-model.ts'
import type { AnalysisInput, Computation } from '#workers/analyses/computation.ts'
import type { Split, Splits } from '#workers/data/examples.ts'
import { loadSplits, loadWholeSplit } from '#workers/data/load-splits.ts'
import { compareModels } from './compare-models.ts'
import { describeModel } from './describe-model.ts'
import { evaluationFiles } from './evaluation-files.ts'
import { type Measured, measureModel } from './measure-model.ts'

/** Measures one model, or two on the same examples. */
export const evaluation: Computation = async input => {
  const { models, spec } = input
  const options = EvaluationOptions.parse(input.options)
  const { split, source, close } = await loadEvaluated(input, options.split)
  const measured = await measureModels(input, split)
  await close?.()
  const [one, other] = measured
  const { comparison, flips } = other ? compareModels(one!.predictions, other.predictions, split.indices) : {}
  const { classes, labelColumns } = factsOf(spec.dataset)!
  const result: EvaluationResult = {
    dataset: options.dataset,
    split: options.split,
    source,
    examples: split.indices.length,
    ...(classes.length > 0 && { classes: [...classes] }),
    models: measured.map((each, index) => describeModel(models[index]!.jobId, each, labelColumns)),
    ...(comparison && { comparison }),
  }
  return { files: evaluationFiles(result, one!.predictions, flips) }
}

async function measureModels(
  { models, spec, signal, advance }: AnalysisInput,
  split: Split,
): Promise<Measured[]> {
  const { length } = split.indices
  const measured: Measured[] = []
  for (const [index, model] of models.entries())
    measured.push(
      await measureModel(withData(await model.read(), spec.dataset), split, signal, examples =>
        advance(index * length + examples, models.length * length),
      ),
    )
  return measured
}

/** The model on the evaluated data, with the preprocessing of its own training. */
function withData(model: TrainedModel, { id, upload }: DatasetSpec): TrainedModel {
  const { upload: _, ...own } = model.spec.dataset
  return { ...model, spec: { ...model.spec, dataset: { ...own, id, ...(upload && { upload }) } } }
}

/** The evaluated examples, and the split of the dataset that their indices are in. */
async function loadEvaluated(
  { spec, models, places }: AnalysisInput,
  wanted: EvaluationOptions['split'],
): Promise<{ split: Split; source: 'train' | 'test' } & Pick<Splits, 'close'>> {
  const isOwn = spec.dataset.id === models[0]!.spec.dataset.id
  if (isOwn && wanted !== 'test' && holdsOut(spec)) {
    const { training, validation, ...file } = await loadSplits(spec, places)
    return { split: wanted === 'train' ? training : validation, source: 'train', ...file }
  }
  const source = wanted === 'train' ? 'train' : 'test'
  return { ...(await loadWholeSplit(spec.dataset, source, places)), source }
}

function holdsOut({ validation }: TrainingSpec): boolean {
  return 'fraction' in validation
}
