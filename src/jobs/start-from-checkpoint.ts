import { isDeepStrictEqual } from 'node:util'
import { type CheckpointRecord, findCheckpoint } from '#domain/checkpoint.ts'
import { invalidRequest } from '#domain/error.ts'
import type { Init, InitRequest } from '#domain/init-spec.ts'
import { modelIdOf } from '#domain/model-reference.ts'
import { fineTunePhase } from '#domain/phases.ts'
import { topologyOf } from '#domain/topology-of.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import { type Checkpoint, decodeCheckpoint } from '#formats/checkpoint.ts'
import { statisticsOf, variablesOf } from '#network/variables.ts'
import { EXPORTING_OPTIMIZER, optimizerTraits, thresholdOf } from '#optimization/optimizer-spec.ts'
import { BlobNotFoundError } from '#stores/blobs/blob-not-found-error.ts'
import { readBlob } from '#stores/blobs/read-blob.ts'
import type { Stores } from '#stores/connect.ts'
import { isRegistered } from '#stores/upload-records.ts'
import { whyExpired } from './require-kept.ts'

/** A checkpoint that a job can start from. */
export interface CheckpointSource {
  /** The namespace of its blob. */
  namespace: string
  /** Its job or model in messages. */
  id: string
  sha256: string
  /** Its completed epochs; 0 for an uploaded model. */
  epoch: number
  /** The optimizer whose state it has; undefined without such a state. */
  optimizer: string | undefined
  isUpload?: true
}

/**
 * Finds the checkpoint that a job starts from, and checks that it fits the job.
 * @param kept its location, if known; then the job or model that `request` names need not exist any more
 * @throws AppError `invalid_request` that names the wrong field of `init`
 */
export async function startFromCheckpoint(
  stores: Pick<Stores, 'jobs' | 'models' | 'blobs'>,
  request: InitRequest,
  spec: TrainingSpec,
  kept?: CheckpointSource,
): Promise<{ init: Init; file: Uint8Array }> {
  const { modelId, jobId } = request
  const source =
    kept ?? (modelId === undefined ? await jobSource(stores, request) : await modelSource(stores, request))
  const { namespace, id, sha256, epoch, optimizer } = source
  const file = await readBlob(stores.blobs, namespace, sha256).catch(error => {
    if (!(error instanceof BlobNotFoundError)) throw error
    // A job that still trains deletes older checkpoints.
    throw invalidRequest('init', `the checkpoint of ${id} was deleted meanwhile; try again`)
  })
  const { checkpoint } = decodeCheckpoint(file)
  checkVariables(spec, checkpoint, jobId === undefined ? 'init.modelId' : 'init.jobId', id)
  if (request.optimizerState && optimizer !== describeOptimizer(spec)) {
    const has = optimizer === undefined ? 'has no optimizer state' : `has the state of ${optimizer}`
    throw invalidRequest(
      'init.optimizerState',
      `${id} ${has}, but the optimizer of the job is ${describeOptimizer(spec)}`,
    )
  }
  if (request.optimizerState && source.isUpload && thresholdOf(spec.optimizer)?.clock === 'time')
    throw invalidRequest(
      'init.optimizerState',
      'an uploaded state has a step count, but not the sum of learning rates that clock "time" needs',
    )
  if (request.prune?.rule === 'threshold' && !checkpoint.state.variables.accumulator)
    throw invalidRequest('init.prune.rule', `must be "magnitude": the checkpoint of ${id} has no accumulator`)
  const { clock } = checkpoint.state
  checkPinned(request, { epoch, clock })
  const exact = modelId === undefined ? {} : { modelId: id }
  return { init: { ...request, ...exact, epoch, sha256, clock }, file }
}

/** `init` of an earlier spec also has the epoch and the clock of the checkpoint: they must match. */
function checkPinned(request: InitRequest, found: Pick<Init, 'epoch' | 'clock'>): void {
  for (const field of ['epoch', 'clock'] as const) {
    const given = request[field]
    if (given !== undefined && !isDeepStrictEqual(given, found[field]))
      throw invalidRequest(`init.${field}`, `is ${JSON.stringify(found[field])} for that checkpoint; omit it`)
  }
}

async function jobSource(
  { jobs }: Pick<Stores, 'jobs'>,
  { jobId, checkpoint, sha256: pinned }: InitRequest,
): Promise<CheckpointSource> {
  const job = await jobs.get(jobId!)
  if (!job) throw invalidRequest('init.jobId', `there is no job ${jobId}`)
  const found = pinned
    ? job.checkpoints.find(({ sha256 }) => sha256 === pinned)
    : findCheckpoint(job, checkpoint)
  const expired = whyExpired(job, 'checkpoints')
  if (!found && expired) throw invalidRequest('init.jobId', `has no checkpoint any more: ${expired}`)
  if (!found) {
    const field = pinned ? 'init.sha256' : 'init.checkpoint'
    const epochs = job.checkpoints.map(({ epoch }) => epoch).join(', ') || 'none'
    throw invalidRequest(field, `${job.id} has no such checkpoint; it has checkpoints of epochs: ${epochs}`)
  }
  const { sha256, epoch, phase } = found
  return { namespace: job.id, id: job.id, sha256, epoch, optimizer: checkpointOptimizer(job.spec, phase) }
}

async function modelSource(
  { models }: Pick<Stores, 'models'>,
  { modelId = '', sha256: pinned }: InitRequest,
): Promise<CheckpointSource> {
  const model = await models.get(modelId)
  if (!model) throw invalidRequest('init.modelId', `there is no model ${modelId}`)
  if (!model.weights) throw invalidRequest('init.modelId', `${modelId} is a network without weights`)
  const { sha256, hasState } = model.weights
  const source = { namespace: model.id, id: modelIdOf(model), sha256 }
  if (pinned !== undefined && pinned !== sha256)
    throw invalidRequest('init.sha256', `${source.id} has other weights`)
  if (!isRegistered(model))
    return { ...source, epoch: 0, optimizer: hasState ? EXPORTING_OPTIMIZER : undefined, isUpload: true }
  const { spec, checkpoints } = model.source
  const [checkpoint] = checkpoints
  return {
    ...source,
    epoch: checkpoint!.epoch,
    optimizer: checkpointOptimizer(spec, checkpoint!.phase),
  }
}

function checkVariables(spec: TrainingSpec, { state }: Checkpoint, field: string, source: string): void {
  const topology = topologyOf(spec.model)
  const { params, accumulator, statistics = [] } = state.variables
  const describe = (tensors: readonly { name: string; shape: readonly number[] }[]) =>
    new Set(tensors.map(({ name, shape }) => `${name} [${shape}]`))
  const wanted = describe([...variablesOf(topology), ...statisticsOf(topology)])
  const given = describe([...(params ?? accumulator ?? []), ...statistics])
  const odd = [...wanted, ...given].filter(variable => !(wanted.has(variable) && given.has(variable)))
  if (odd.length > 0)
    throw invalidRequest(field, `the model of ${source} has other variables: ${odd.slice(0, 4).join('; ')}`)
}

/** The optimizer whose state a checkpoint has; undefined after a cut. */
export function checkpointOptimizer(
  spec: TrainingSpec,
  phase: CheckpointRecord['phase'],
): string | undefined {
  if (phase === 'prune') return undefined
  return describeOptimizer(phase === 'fineTune' ? fineTunePhase(spec)! : spec)
}

/** The fields that determine which slots an optimizer has and what they mean; rates and thresholds may change. */
export function describeOptimizer({ optimizer }: Pick<TrainingSpec, 'optimizer'>): string {
  const fields = optimizerTraits(optimizer).stateFields(optimizer)
  if (fields.length === 0) return optimizer.name
  const isList = 'exclude' in optimizer
  const compared = isList ? { ...optimizer, exclude: optimizer.exclude.toSorted() } : optimizer
  return JSON.stringify(compared, ['name', ...fields])
}
