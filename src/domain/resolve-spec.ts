import { BUILT_IN_DATASETS, unknownDataset } from './dataset.ts'
import { AppError, type Mistake } from './error.ts'
import type { Warning } from './event.ts'
import { topologyFromKeras } from './keras-model.ts'
import type { ModelRequest, ModelSpec } from './model-spec.ts'
import type { OptimizerSpec } from './optimizer-spec.ts'
import { PRESETS } from './presets/presets.ts'
import { classCount, modelName, topologyOf } from './presets/topology-of.ts'
import type { JobRequest, TrainingSpec } from './training-spec.ts'
import { variablesOf } from './variables.ts'

const DEFAULTS = {
  schedule: { name: 'constant' },
  loss: 'categoricalCrossentropy',
  batchSize: 128,
  epochs: 10,
  seed: 1,
  shuffle: true,
  validation: { split: 'test' },
  augmentation: [],
  checkpoint: { everyEpochs: 1, keepLatest: 1, keepBest: 1, bestBy: 'validationAccuracy' },
  artifacts: ['sparse'],
  maxRestarts: 5,
  maxRuntimeSeconds: 86_400,
  priority: 42,
  labels: {},
} as const satisfies Partial<TrainingSpec>

/**
 * The request with every default filled in: its own fields first, then the preset's, then the service's; objects are
 * never merged. What `init` stands for is not known here. @throws AppError `invalid_request` naming every field that contradicts the model or the dataset
 */
export function resolveSpec({ name: _, init: __, ...request }: JobRequest): {
  spec: TrainingSpec
  warnings: Warning[]
} {
  const model = resolveModel(request.model)
  const defaults = 'preset' in model ? PRESETS[model.preset].defaults : {}
  const given = Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined))
  const spec = { ...DEFAULTS, ...defaults, ...given, model } as unknown as TrainingSpec
  requireFields(spec)
  const mistakes = [...datasetMistakes(spec), ...excludeMistakes(spec)]
  if (mistakes.length > 0)
    throw new AppError('invalid_request', 'The job does not fit together.', { mistakes })
  return { spec, warnings: optimizerWarnings(spec.optimizer) }
}

function resolveModel(model: ModelRequest): ModelSpec {
  return 'topology' in model ? { topology: topologyFromKeras(model.topology) } : model
}

/** A model of one's own brings no defaults for these. */
function requireFields(spec: Partial<TrainingSpec>): void {
  const missing = (['dataset', 'optimizer'] as const).filter(field => spec[field] === undefined)
  const mistakes = missing.map(path => ({ path, message: 'is required where the model is no preset' }))
  if (mistakes.length > 0) throw new AppError('invalid_request', 'The job says too little.', { mistakes })
}

function datasetMistakes({ dataset: ref, model, batchSize, validation }: TrainingSpec): Mistake[] {
  const dataset = BUILT_IN_DATASETS.get(ref.id)
  if (!dataset) return [{ path: 'dataset.id', message: unknownDataset(ref.id) }]
  const mistakes: Mistake[] = []
  const wanted = topologyOf(model).inputShape.join(' x ')
  if (dataset.inputShape.join(' x ') !== wanted) {
    const message = `${modelName(model)} takes ${wanted}, but ${ref.id} has ${dataset.inputShape.join(' x ')}`
    mistakes.push({ path: 'dataset.id', message })
  }
  const outputs = classCount(model)
  if (dataset.classes.length !== outputs) {
    const message = `is ${outputs}, but ${ref.id} has ${dataset.classes.length} classes`
    mistakes.push({ path: 'model.classes', message })
  }
  const channels = dataset.inputShape.at(-1)!
  for (const key of ['mean', 'std'] as const) {
    const count = ref.normalize?.[key].length ?? channels
    if (count !== channels) {
      mistakes.push({
        path: `dataset.normalize.${key}`,
        message: `needs ${channels} numbers, one a channel, not ${count}`,
      })
    }
  }
  if ('fraction' in validation && Math.round(validation.fraction * dataset.splits.train) === 0) {
    const message = `holds out none of the ${dataset.splits.train} training examples; one is the least`
    mistakes.push({ path: 'validation.fraction', message })
  }
  if (batchSize > dataset.splits.train) {
    mistakes.push({
      path: 'batchSize',
      message: `is more than the ${dataset.splits.train} training examples`,
    })
  }
  return mistakes
}

function excludeMistakes({ optimizer, model }: TrainingSpec): Mistake[] {
  if (optimizer.name !== 'grda') return []
  const variables = variablesOf(topologyOf(model))
  const words = new Set(['bias', 'batchNorm', ...variables.map(({ name }) => name.split('/')[0]!)])
  return optimizer.exclude.flatMap((word, index) =>
    words.has(word)
      ? []
      : [{ path: `optimizer.exclude.${index}`, message: `"${word}" is none of: ${[...words].join(', ')}` }],
  )
}

/** Published runs leave the recommended ranges, so these warn and never refuse. */
function optimizerWarnings(optimizer: OptimizerSpec): Warning[] {
  if (optimizer.name !== 'grda') return []
  const { c, mu } = optimizer
  const warnings: Warning[] = []
  if (c === 0) {
    const message = 'c = 0 leaves no threshold: this is plain SGD and nothing will be pruned.'
    warnings.push({ code: 'plain_sgd', path: 'optimizer.c', message })
  }
  if (c > 0.005) {
    const message = `c = ${c} is above the recommended 0 < c <= 0.005: expect heavy pruning from the first epoch.`
    warnings.push({ code: 'outside_recommended', path: 'optimizer.c', message })
  }
  if (mu <= 0.5 || mu === 1) {
    const message = `mu = ${mu} is outside the recommended 0.5 < mu < 1: at or below 0.5 zeros may not stay zero, at 1 accuracy collapses.`
    warnings.push({ code: 'outside_recommended', path: 'optimizer.mu', message })
  }
  return warnings
}
