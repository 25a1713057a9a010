import { AppError, invalidRequest } from '#domain/error.ts'
import { startsFromUpload } from '#domain/init-spec.ts'
import type { Job } from '#domain/job.ts'
import { activationOf } from '#domain/loss.ts'
import type { JobRequest, TrainingSpec } from '#domain/training-spec.ts'
import { startingScale } from '#forecast/starting-scale.ts'
import { thresholdOf, withoutScale } from '#optimization/optimizer-spec.ts'
import type { Allowed } from '#stores/tenant-limits.ts'
import type { CloneRequest } from './clone-request.ts'
import { continuedSpec } from './continued-spec.ts'
import { copyCheckpoints } from './copy-checkpoints.ts'
import { requireKept } from './require-kept.ts'
import { requireStopped } from './require-stopped.ts'
import { type JobStores, resolveJob } from './resolve-job.ts'
import { type CheckpointSource, describeOptimizer } from './start-from-checkpoint.ts'
import { copyFile, type JobDraft, type Submission, type Submitted, submitOnce } from './submit-job.ts'

/**
 * Submits the spec of a job again, with fields replaced, from the beginning or from the last checkpoint of the job.
 * @throws AppError `not_found`, `invalid_request`, `conflict` when there is no checkpoint to continue from, and as `submitJob` does
 */
export async function cloneJob(
  stores: JobStores,
  jobId: string,
  request: CloneRequest,
  submission: Submission,
): Promise<Submitted> {
  return await submitOnce(stores, submission, allowed => draftClone(stores, jobId, request, allowed))
}

/** @throws AppError as `cloneJob` does */
export async function draftClone(
  stores: JobStores,
  jobId: string,
  { continue: continues, init, earlyStopping, mask, target, finish, name, ...overrides }: CloneRequest,
  allowed?: Allowed,
): Promise<JobDraft> {
  const source = await stores.jobs.require(jobId)
  if (continues) requireCheckpoint(source)
  requireModelFor(overrides, source)
  const { spec } = source
  const request = {
    ...spec,
    optimizer: optimizerToRepeat(spec),
    ...withoutUndefined(overrides),
    init: replaced(spec.init, init),
    earlyStopping: replaced(spec.earlyStopping, earlyStopping),
    mask: replaced(spec.mask, mask),
    target: replaced(spec.target, target),
    finish: replaced<JobRequest['finish']>(spec.finish, finish),
  } as JobRequest
  const kept = init === undefined ? keptInit(source) : undefined
  const { initFile, ...resolved } = await resolveJob(stores, request, { kept, allowed })
  const clonedName = name ?? source.name
  const origin = { clonedFrom: source.id, ...(clonedName !== undefined && { name: clonedName }) }
  if (!continues)
    return { ...resolved, origin, ...(initFile && { initFile, copyFiles: copyFile(stores, initFile) }) }
  const continued = continuedSpec(source, resolved.spec)
  return {
    spec: continued,
    warnings: resolved.warnings,
    origin,
    ...(initFile && { initFile }),
    trainedEpochs: source.checkpoints.at(-1)!.epoch,
    async copyFiles(id) {
      if (initFile) await stores.blobs.put(id, [initFile])
      return await copyCheckpoints(stores, source, continued, id)
    },
  }
}

/** Without the scale of the threshold if the target chose it: it is chosen again, for the fields of the clone. */
function optimizerToRepeat(spec: TrainingSpec): JobRequest['optimizer'] {
  const { optimizer, target } = spec
  const isChosen = target && thresholdOf(optimizer)?.c === startingScale(spec, target)
  return isChosen ? withoutScale(optimizer) : optimizer
}

/** @throws AppError `conflict`, `artifact_expired` */
function requireCheckpoint(job: Job): void {
  requireStopped(job, 'conflict', 'it can be continued')
  requireKept(job, 'checkpoints')
  if (job.checkpoints.length === 0)
    throw new AppError(
      'conflict',
      `${job.id} has no checkpoint to continue from; clone it without "continue".`,
    )
}

/** The loss has replaced the last activation of a custom network, so the network must be given again for a loss with another activation. */
function requireModelFor({ loss, model }: Pick<CloneRequest, 'loss' | 'model'>, { spec }: Job): void {
  if (loss === undefined || model || !('topology' in spec.model)) return
  if (activationOf(loss) === activationOf(spec.loss)) return
  const message = `cannot change to ${loss} without \`model\`: the last activation of the network, ${activationOf(spec.loss)}, has become part of ${spec.loss}`
  throw invalidRequest('loss', message)
}

/** A job has a copy of the checkpoint that it started from: the clone does not depend on its source. */
function keptInit({ id, spec }: Job): CheckpointSource | undefined {
  const { init } = spec
  if (!init) return undefined
  const optimizer = init.optimizerState ? describeOptimizer(spec) : undefined
  const named = init.modelId ?? init.jobId!
  const kept = { namespace: id, id: named, sha256: init.sha256, epoch: init.epoch, optimizer }
  return startsFromUpload(init) ? { ...kept, isUpload: true } : kept
}

/** The value of a field that null removes. */
function replaced<Value>(own: Value | undefined, given: Value | null | undefined): Value | undefined {
  return given === undefined ? own : (given ?? undefined)
}

function withoutUndefined<Fields extends object>(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields
}
