import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { BUILT_IN_DATASETS, type DatasetSpec, type UploadedData } from '#domain/dataset.ts'
import { AppError } from '#domain/error.ts'
import { queuedJob } from '#domain/job.ts'
import { modelName } from '#domain/presets/topology-of.ts'
import { resolveSpec } from '#domain/resolve-spec.ts'
import { JobRequest } from '#domain/training-spec.ts'
import { DryRun, dryRun } from '#http/dry-run.ts'
import { idempotencyClaim } from '#http/idempotency-claim.ts'
import { JobResource, jobResource } from '#http/job-resource.ts'
import type { World } from '#infra/connect.ts'
import { missingFiles } from '#infra/dataset-files.ts'
import type { IdempotencyClaim } from '#infra/job-store.ts'
import { newId } from '#infra/new-id.ts'
import { takeOverCheckpoint } from '#infra/take-over-checkpoint.ts'
import { uploadedModel } from '#infra/uploaded-model.ts'

const schema = {
  operationId: 'createJob',
  tags: ['jobs'],
  summary: 'Submit a training job, or with ?dryRun=true learn what it would be',
  body: JobRequest,
  querystring: z.strictObject({ dryRun: z.enum(['true', 'false']).default('false') }),
  headers: z.looseObject({ 'idempotency-key': z.string().optional() }),
  response: { 200: DryRun, 201: JobResource },
}

export const createJobRoute =
  (
    world: Pick<World, 'jobs' | 'queue' | 'workers' | 'blobs' | 'datasets' | 'models'>,
    datasetsDir: string,
  ): FastifyPluginAsyncZod =>
  async app => {
    app.post('/v1/jobs', { schema }, async (request, reply) => {
      if (request.query.dryRun === 'true') {
        const { spec, warnings } = await resolve(request.body)
        return reply.code(200).send(await dryRun(world, { spec, warnings }))
      }
      const key = request.headers['idempotency-key']
      const claim = key === undefined ? undefined : idempotencyClaim('POST /v1/jobs', key, request.body)
      // Looked up before anything is judged: what the job was made from may be gone, its answer is not.
      const earlier = claim && (await world.jobs.replay(claim))
      const { job, replayed } = earlier ? { job: earlier, replayed: true } : await submit(request.body, claim)
      if (replayed) reply.header('idempotency-replayed', 'true')
      else request.log.info({ jobId: job.id, model: modelName(job.spec.model) }, 'a job was submitted')
      return reply.code(201).header('location', `/v1/jobs/${job.id}`).send(jobResource(job))
    })

    async function submit(body: JobRequest, claim?: IdempotencyClaim) {
      const { spec, warnings, initFile } = await resolve(body)
      const details = {
        warnings,
        createdAt: new Date().toISOString(),
        ...(body.name !== undefined && { name: body.name }),
      }
      const jobId = newId('job')
      if (initFile) await world.blobs.put(jobId, [initFile])
      const { job, replayed } = await world.jobs.create(queuedJob(jobId, spec, details), claim)
      if (!replayed) await enqueue(job.id, spec.priority)
      else if (initFile) await world.blobs.deleteAll(jobId)
      return { job, replayed }
    }

    /** The spec, and the checkpoint file that it starts from if it does. */
    async function resolve(body: JobRequest) {
      const uploaded = 'id' in body.model ? await uploadedModel(world, body.model, body.init) : undefined
      const requested = uploaded ? uploaded.init : body.init
      const resolved = resolveSpec(
        { ...body, init: requested },
        { upload: await findUpload(body.dataset?.id), model: uploaded?.network },
      )
      const { spec } = resolved
      const warnings = [...(uploaded?.warnings ?? []), ...resolved.warnings]
      requireFiles(spec.dataset)
      if (!requested) return { spec, warnings }
      const { init, file } = await takeOverCheckpoint(world, requested, spec)
      return { spec: { ...spec, init }, warnings, initFile: file }
    }

    /** @throws AppError `invalid_request` for an upload that is not there or of no use, `dataset_not_ready` for one in validation */
    async function findUpload(id: string | undefined): Promise<UploadedData | undefined> {
      if (id === undefined || BUILT_IN_DATASETS.has(id)) return undefined
      const record = await world.datasets.get(id)
      if (!record) return undefined
      const { state } = record
      if (state.status === 'ready') return { ...state.facts, sha256: state.sha256 }
      if (state.status === 'validating')
        throw new AppError('dataset_not_ready', `The dataset ${id} is being validated; try again soon.`)
      const message = `is invalid: ${state.error}`
      throw new AppError('invalid_request', `The dataset ${id} ${message}`, {
        mistakes: [{ path: 'dataset.id', message }],
      })
    }

    /** @throws AppError `invalid_request` for a dataset that nobody has brought */
    function requireFiles({ id }: DatasetSpec): void {
      const [missing] = missingFiles(id, datasetsDir)
      if (!missing) return
      const message = `there is no ${missing}: put the binary version of ${id} there (DATASETS_DIR); synthetic-cifar10 needs nothing`
      throw new AppError('invalid_request', `The dataset ${id} is not here.`, {
        mistakes: [{ path: 'dataset.id', message }],
      })
    }

    /** The job is stored and cannot be lost: what the queue misses, the reconciler brings. */
    async function enqueue(jobId: string, priority: number): Promise<void> {
      await world.queue
        .enqueue(jobId, priority)
        .catch(err => app.log.warn({ err, jobId }, 'a job waits for the reconciler'))
    }
  }
