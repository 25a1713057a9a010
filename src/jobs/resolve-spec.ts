import { ARTIFACT_NAMES, artifactFile } from '#domain/artifact.ts'
import { namedAugmentation } from '#domain/augmentation.ts'
import { factsOf, type UploadedData } from '#domain/dataset.ts'
import { invalidFields, invalidRequest, type Mistake } from '#domain/error.ts'
import type { Warning } from '#domain/event.ts'
import { activationOf } from '#domain/loss.ts'
import type { ModelRequest, ModelSpec } from '#domain/model-spec.ts'
import { lastOptimizer, phasesOf } from '#domain/phases.ts'
import { topologyOf } from '#domain/topology-of.ts'
import type { JobRequest, TrainingSpec } from '#domain/training-spec.ts'
import { epochLength } from '#forecast/epoch-length.ts'
import { startingScale } from '#forecast/starting-scale.ts'
import { thresholdWarnings } from '#forecast/threshold-warnings.ts'
import { preparingLayer } from '#formats/input-scale.ts'
import { whyMissing } from '#interchange/missing-artifact.ts'
import { readTopology } from '#interchange/read-topology.ts'
import { isAdapted, variablesOf } from '#network/variables.ts'
import { leavesScaleOpen, OptimizerSpec } from '#optimization/optimizer-spec.ts'
import { scheduleFactor } from '#optimization/schedule-spec.ts'
import { defaultsOf } from '#presets/preset-defaults.ts'
import { datasetMistakes } from './dataset-mistakes.ts'
import { pruningMistakes } from './pruning-mistakes.ts'
import { resolveFinish } from './resolve-finish.ts'
import { selectionWarnings, stoppingMistakes } from './select-epoch.ts'
import { isTradeoffCheap } from './tradeoff-cost.ts'

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

const LARGEST_RATE = 1e9

/**
 * The request with every default filled in: its own fields take precedence, then those of the preset, then those of the service; objects
 * are not merged. `init` is resolved elsewhere.
 * @throws AppError `invalid_request` that names every field which contradicts the model or the dataset
 */
export function resolveSpec(
  { name: _, init, ...request }: JobRequest,
  { upload, model: uploaded }: { upload?: UploadedData | undefined; model?: ModelRequest | undefined } = {},
): {
  spec: TrainingSpec
  warnings: Warning[]
} {
  const { model, warnings } = resolveModel(request, uploaded)
  const defaults = 'preset' in model ? defaultsOf(model.preset, request) : {}
  const given = Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined))
  const merged = { ...DEFAULTS, ...defaults, ...given, model } as unknown as TrainingSpec
  requireFields(merged)
  const fitted = fitDefaults(merged, request, upload)
  const spec = withPruning(fitted, request)
  const mistakes = [
    ...datasetMistakes(spec),
    ...excludeMistakes(spec),
    ...scheduleMistakes(spec),
    ...artifactMistakes(spec),
    ...stoppingMistakes(spec),
    ...pruningMistakes(spec, init),
  ]
  if (mistakes.length > 0) throw invalidFields(mistakes)
  return {
    spec: withTradeoff(spec, request),
    warnings: [
      ...warnings,
      ...adaptationWarnings(model, init),
      ...thresholdWarnings(spec, init),
      ...selectionWarnings(spec),
    ],
  }
}

function resolveModel(
  { model, loss = DEFAULTS.loss }: Pick<JobRequest, 'model' | 'loss'>,
  uploaded: ModelRequest | undefined,
): { model: ModelSpec; warnings: Warning[] } {
  const network = 'id' in model ? uploaded : model
  if (!network) throw invalidRequest('model.id', 'there is no such model')
  if (!('topology' in network)) return { model: network, warnings: [] }
  const { topology, warnings } = readTopology(network.topology, activationOf(loss))
  // The warnings of an upload were recorded when it was made.
  return { model: { topology }, warnings: 'id' in model ? [] : warnings }
}

/** Defaults that depend on the dataset, the network or the loss. */
function fitDefaults(
  spec: TrainingSpec,
  request: Partial<JobRequest>,
  upload: UploadedData | undefined,
): TrainingSpec {
  const { upload: _, ...ref } = spec.dataset
  const uploaded = { ...ref, ...(upload && { upload }) }
  const facts = factsOf(uploaded)
  const hasTest = facts?.splits.test !== 0
  const topology = topologyOf(spec.model)
  // Keras does not scale examples, so a model that starts with a Rescaling expects unscaled ones; tokens must stay integers.
  const takesBytes = preparingLayer(topology) || topology.layers.some(({ type }) => type === 'embedding')
  const isRaw = facts?.dtype === 'uint8' && !uploaded.scale && takesBytes
  const dataset = { ...uploaded, ...(isRaw && { scale: 'none' as const }) }
  return {
    ...spec,
    dataset,
    augmentation: spec.augmentation.map(namedAugmentation),
    ...(request.batchSize === undefined &&
      facts && { batchSize: Math.min(spec.batchSize, facts.splits.train) }),
    ...(!hasTest && !request.validation && { validation: { fraction: 0.1 } }),
    ...(activationOf(spec.loss) === 'linear' && {
      checkpoint: { ...spec.checkpoint, bestBy: 'validationLoss' as const },
    }),
  }
}

/** With the defaults of the fields that say which weights become zero. @throws AppError for a threshold without a scale */
function withPruning(spec: TrainingSpec, request: Partial<JobRequest>): TrainingSpec {
  const { optimizer, target } = spec
  const isOpen = leavesScaleOpen(optimizer)
  if (isOpen && !target) throw invalidRequest('optimizer.c', 'is required unless `target` is given')
  return {
    ...spec,
    ...(isOpen && { optimizer: OptimizerSpec.parse({ ...optimizer, c: startingScale(spec, target!) }) }),
    ...(request.finish && { finish: resolveFinish(request.finish, optimizer) }),
  }
}

/** By default, a job measures its trade-off if that is cheap. */
function withTradeoff(spec: TrainingSpec, { finish }: Partial<JobRequest>): TrainingSpec {
  const tradeoff = finish?.tradeoff ?? isTradeoffCheap(spec)
  return spec.finish || tradeoff ? { ...spec, finish: { ...spec.finish, tradeoff } } : spec
}

/** Only a preset has defaults for these. */
function requireFields(spec: Partial<TrainingSpec>): void {
  const missing = (['dataset', 'optimizer'] as const).filter(field => spec[field] === undefined)
  const message = 'is required unless `model.preset` is given'
  if (missing.length > 0) throw invalidFields(missing.map(path => ({ path, message })))
}

/** As in Keras, a Normalization layer without adapted statistics changes nothing. */
function adaptationWarnings(model: ModelSpec, init: unknown): Warning[] {
  if (init !== undefined) return []
  return topologyOf(model)
    .layers.filter(isAdapted)
    .map(({ name }) => {
      const message = `The Normalization layer ${name} starts with mean 0 and variance 1, as in Keras before adapt(), because a topology has no statistics. To use its statistics, upload the model with its weights, or give the layer mean and variance.`
      return { code: 'not_adapted', path: 'model.topology', message }
    })
}

function excludeMistakes({ optimizer, model, finish }: TrainingSpec): Mistake[] {
  const tuning = finish?.fineTune
  return [
    ...excludedBy(optimizer, 'optimizer', model),
    ...(tuning ? excludedBy(tuning.optimizer, 'finish.fineTune.optimizer', model) : []),
  ]
}

function excludedBy(optimizer: OptimizerSpec, path: string, model: ModelSpec): Mistake[] {
  if (!('exclude' in optimizer)) return []
  const variables = variablesOf(topologyOf(model))
  const words = new Set(['bias', 'batchNorm', ...variables.map(({ name }) => name.split('/')[0]!)])
  return optimizer.exclude.flatMap((word, index) =>
    words.has(word)
      ? []
      : [
          {
            path: `${path}.exclude.${index}`,
            message: `must be one of: ${[...words].join(', ')}; not "${word}"`,
          },
        ],
  )
}

/** A rate that rises does so by a constant factor, so the last rate is the largest. JSON cannot represent a rate that overflows. */
function scheduleMistakes(spec: TrainingSpec): Mistake[] {
  if (!factsOf(spec.dataset)) return []
  const { stepsPerEpoch } = epochLength(spec)
  return phasesOf(spec).flatMap(phase => {
    if (!phase) return []
    const { name, optimizer, schedule, epochs } = phase
    const last = { step: epochs * stepsPerEpoch, epochs, stepsPerEpoch }
    const rate = optimizer.learningRate * scheduleFactor(schedule, last)
    const path = name === 'train' ? 'schedule' : 'finish.fineTune.schedule'
    const message = `raises the learning rate to ${rate} at the last step; the maximum is ${LARGEST_RATE}`
    return rate <= LARGEST_RATE ? [] : [{ path, message }]
  })
}

/** An artifact that this network cannot have is refused before the training. */
function artifactMistakes(spec: TrainingSpec): Mistake[] {
  const { artifacts, model } = spec
  return artifacts.flatMap((word, index) => {
    const name = ARTIFACT_NAMES.find(name => artifactFile(name).word === word)!
    const message = whyMissing(name, topologyOf(model), lastOptimizer(spec))
    return message ? [{ path: `artifacts.${index}`, message }] : []
  })
}
