import { AppError, invalidRequest } from '#domain/error.ts'
import { type Job, mayBeAsked } from '#domain/job.ts'
import { activationOf } from '#domain/loss.ts'
import type { JobRequest } from '#domain/training-spec.ts'
import { bringCheckpoints } from './bring-checkpoints.ts'
import type { CloneRequest } from './clone-request.ts'
import { continuedSpec } from './continued-spec.ts'
import { type JobStores, resolveJob } from './resolve-job.ts'
import { type CheckpointSource, describeOptimizer } from './start-from-checkpoint.ts'
import { bringFile, type JobDraft, type Submission, type Submitted, submitOnce } from './submit-job.ts'

/**
 * Submits a job's spec again, with fields replaced, from the beginning or from where the job was left.
 * @throws AppError `not_found`, `invalid_request`, `conflict` when there is nothing to continue from, and as `submitJob` does
 */
export async function cloneJob(
  stores: JobStores,
  jobId: string,
  request: CloneRequest,
  submission: Submission,
): Promise<Submitted> {
  return await submitOnce(stores, submission, () => draftClone(stores, jobId, request))
}

/** @throws AppError as `cloneJob` does */
export async function draftClone(
  stores: JobStores,
  jobId: string,
  { continue: goesOn, init, name, ...overrides }: CloneRequest,
): Promise<JobDraft> {
  const source = await stores.jobs.require(jobId)
  if (goesOn) requireCheckpoint(source)
  requireModelFor(overrides, source)
  const { init: ownInit, ...spec } = source.spec
  const wanted = init === undefined ? ownInit : (init ?? undefined)
  const request = { ...spec, ...withoutUndefined(overrides), init: wanted } as JobRequest
  const kept = init === undefined ? keptInit(source) : undefined
  const { initFile, ...resolved } = await resolveJob(stores, request, kept)
  const clonedName = name ?? source.name
  const origin = { clonedFrom: source.id, ...(clonedName !== undefined && { name: clonedName }) }
  if (!goesOn) return { ...resolved, origin, ...(initFile && { bringFiles: bringFile(stores, initFile) }) }
  const continued = continuedSpec(source, resolved.spec)
  return {
    spec: continued,
    warnings: resolved.warnings,
    origin,
    async bringFiles(id) {
      if (initFile) await stores.blobs.put(id, [initFile])
      return await bringCheckpoints(stores, source, continued, id)
    },
  }
}

/** @throws AppError `conflict` */
function requireCheckpoint({ id, status, checkpoints }: Job): void {
  if (!mayBeAsked(status))
    throw new AppError('conflict', `The job is ${status}; it can be continued once it is over or paused.`)
  if (checkpoints.length === 0)
    throw new AppError('conflict', `${id} keeps no checkpoint to continue from; clone it without "continue".`)
}

/** The last activation of a network that a client gave became part of the loss, so another loss needs the network again. */
function requireModelFor({ loss, model }: Pick<CloneRequest, 'loss' | 'model'>, { spec }: Job): void {
  if (loss === undefined || model || !('topology' in spec.model)) return
  if (activationOf(loss) === activationOf(spec.loss)) return
  const message = `cannot become ${loss} alone: the network was read for ${spec.loss}, which applies ${activationOf(spec.loss)}; give \`model\` too`
  throw invalidRequest('loss', message)
}

/** A job has a copy of what it started from: the clone does not depend on where that came from. */
function keptInit({ id, spec }: Job): CheckpointSource | undefined {
  const { init } = spec
  if (!init) return undefined
  const optimizer = init.optimizerState ? describeOptimizer(spec) : undefined
  return { namespace: id, sha256: init.sha256, epoch: init.epoch, optimizer }
}

function withoutUndefined<Fields extends object>(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields
}
