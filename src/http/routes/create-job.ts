import { createHash } from 'node:crypto'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError } from '#domain/error.ts'
import { Warning } from '#domain/event.ts'
import { queuedJob } from '#domain/job.ts'
import { planJob } from '#domain/plan.ts'
import { resolveSpec } from '#domain/resolve-spec.ts'
import { JobRequest, TrainingSpec } from '#domain/training-spec.ts'
import { JobResource, jobResource } from '#http/job-resource.ts'
import type { World } from '#infra/connect.ts'
import { newJobId } from '#infra/job-id.ts'
import type { IdempotencyClaim } from '#infra/job-store.ts'

const DryRun = z
  .object({
    spec: TrainingSpec,
    warnings: z.array(Warning),
    parameters: z.int(),
    trainingExamples: z.int(),
    stepsPerEpoch: z.int(),
    memoryBytes: z.int(),
    denseBytes: z.int(),
    forecastArtifactBytes: z.int(),
    epochs: z.array(
      z.object({
        epoch: z.int(),
        learningRate: z.number(),
        threshold: z.number().optional(),
        forecastSparsity: z.number().optional(),
      }),
    ),
    estimatedSeconds: z
      .number()
      .optional()
      .describe("From this fleet's last measured rate; absent before any."),
    queuePosition: z.int(),
  })
  .meta({ id: 'DryRun' })

const schema = {
  operationId: 'createJob',
  tags: ['jobs'],
  summary: 'Submit a training job, or with ?dryRun=true learn what it would be',
  body: JobRequest,
  querystring: z.strictObject({ dryRun: z.enum(['true', 'false']).default('false') }),
  headers: z.looseObject({ 'idempotency-key': z.string().min(1).max(257).optional() }),
  response: { 200: DryRun, 201: JobResource },
}

export const createJobRoute =
  ({ jobs, queue, workers }: Pick<World, 'jobs' | 'queue' | 'workers'>): FastifyPluginAsyncZod =>
  async app => {
    app.post('/v1/jobs', { schema }, async (request, reply) => {
      const { spec, warnings } = resolveSpec(request.body)
      if (request.query.dryRun === 'true') return reply.code(200).send(await dryRun(spec, warnings))
      const { name } = request.body
      const createdAt = new Date().toISOString()
      const submitted = queuedJob(newJobId(), spec, {
        warnings,
        createdAt,
        ...(name !== undefined && { name }),
      })
      const claim = claimOf(request.headers['idempotency-key'], request.body)
      const { job, replayed } = await jobs.create(submitted, claim)
      if (replayed) reply.header('idempotency-replayed', 'true')
      else {
        request.log.info({ jobId: job.id, model: spec.model }, 'a job was submitted')
        await enqueue(job.id, spec.priority)
      }
      return reply.code(201).header('location', `/v1/jobs/${job.id}`).send(jobResource(job))
    })

    /** The job is stored and cannot be lost: what the queue misses, the reconciler brings. */
    async function enqueue(jobId: string, priority: number): Promise<void> {
      await queue
        .enqueue(jobId, priority)
        .catch(err => app.log.warn({ err, jobId }, 'a job waits for the reconciler'))
    }

    async function dryRun(spec: TrainingSpec, warnings: Warning[]) {
      const plan = planJob(spec)
      const engines = new Set((await workers.list()).map(({ engine }) => engine))
      const rate = await jobs.measuredRate(spec.model.preset, [...engines])
      const estimatedSeconds = rate && (plan.trainingExamples * spec.epochs) / rate
      const queuePosition = (await queue.waitingCount()) + 1
      return { spec, warnings, ...plan, queuePosition, ...(estimatedSeconds && { estimatedSeconds }) }
    }
  }

/** A quoted key equals the bare one; bodies are compared as canonical JSON after parsing. */
function claimOf(header: string | undefined, body: JobRequest): IdempotencyClaim | undefined {
  if (header === undefined) return undefined
  const key = header.replace(/^"(.*)"$/, '$1')
  if (key.length < 1 || key.length > 255) {
    const mistakes = [{ path: 'Idempotency-Key', message: 'takes 1 to 255 characters' }]
    throw new AppError('invalid_request', 'Idempotency-Key takes 1 to 255 characters.', { mistakes })
  }
  const bodyDigest = createHash('sha256').update(canonicalJson(body)).digest('hex')
  return { scope: `POST /v1/jobs ${key}`, bodyDigest }
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part) =>
    part && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}
