import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
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
import { newJobId } from '#infra/job-id.ts'
import { takeOverCheckpoint } from '#infra/take-over-checkpoint.ts'

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
  (world: Pick<World, 'jobs' | 'queue' | 'workers' | 'blobs'>, datasetsDir: string): FastifyPluginAsyncZod =>
  async app => {
    app.post('/v1/jobs', { schema }, async (request, reply) => {
      const { spec: resolved, warnings } = resolveSpec(request.body)
      requireDataset(resolved.dataset.id)
      const taken = request.body.init && (await takeOverCheckpoint(world, request.body.init, resolved))
      const spec = taken ? { ...resolved, init: taken.init } : resolved
      if (request.query.dryRun === 'true')
        return reply.code(200).send(await dryRun(world, { spec, warnings }))
      const { name } = request.body
      const createdAt = new Date().toISOString()
      const details = { warnings, createdAt, ...(name !== undefined && { name }) }
      const key = request.headers['idempotency-key']
      const claim = key === undefined ? undefined : idempotencyClaim('POST /v1/jobs', key, request.body)
      const jobId = newJobId()
      if (taken) await world.blobs.put(jobId, [taken.file])
      const { job, replayed } = await world.jobs.create(queuedJob(jobId, spec, details), claim)
      if (replayed) {
        if (taken) await world.blobs.deleteAll(jobId)
        reply.header('idempotency-replayed', 'true')
      } else {
        request.log.info({ jobId: job.id, model: modelName(spec.model) }, 'a job was submitted')
        await enqueue(job.id, spec.priority)
      }
      return reply.code(201).header('location', `/v1/jobs/${job.id}`).send(jobResource(job))
    })

    /** @throws AppError `invalid_request` for a dataset that nobody has brought */
    function requireDataset(id: string): void {
      const [missing] = missingFiles(id, datasetsDir)
      if (!missing) return
      const message = `there is no ${missing}: put the binary version of ${id} there (DATASETS_DIR), or take synthetic-cifar10`
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
