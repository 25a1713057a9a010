import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { findCheckpoint } from '#domain/checkpoint.ts'
import { classesOf } from '#domain/dataset.ts'
import { AppError } from '#domain/error.ts'
import { isTerminal } from '#domain/job.ts'
import { topologyOf } from '#domain/presets/topology-of.ts'
import { flattenExamples } from '#http/flatten-examples.ts'
import type { World } from '#infra/connect.ts'
import { readBlob } from '#infra/read-blob.ts'
import { CheckpointQuery } from './checkpoint-query.ts'
import { JobParams } from './job-params.ts'

const EXAMPLES = 256
const BODY_BYTES = 16 * 1024 * 1024

const Answer = z
  .object({
    outputs: z.array(z.array(z.number())).describe('Probabilities, one row an example, one number a class.'),
    classes: z.array(z.string()).describe('Of each example, the class it most likely is.'),
  })
  .meta({ id: 'Prediction' })

const schema = {
  operationId: 'predict',
  tags: ['jobs'],
  summary: 'Ask the model of a job that is over or paused',
  params: JobParams,
  querystring: z.strictObject({ checkpoint: CheckpointQuery }),
  body: z.strictObject({
    inputs: z
      .array(z.array(z.unknown()))
      .min(1)
      .max(EXAMPLES)
      .describe('Images as nested arrays [height][width][channels] of bytes, as the dataset has them.'),
  }),
  response: { 200: Answer },
}

export const predictRoute =
  ({ jobs, blobs, predictor }: Pick<World, 'jobs' | 'blobs' | 'predictor'>): FastifyPluginAsyncZod =>
  async app => {
    app.post('/v1/jobs/:jobId/predict', { schema, bodyLimit: BODY_BYTES }, async request => {
      const job = await jobs.require(request.params.jobId)
      if (!isTerminal(job.status) && job.status !== 'paused')
        throw new AppError(
          'artifact_not_ready',
          `The job is ${job.status}; ask its model once it is over or paused.`,
        )
      const checkpoint = findCheckpoint(job, request.query.checkpoint)
      if (!checkpoint)
        throw new AppError('not_found', 'The job keeps no such checkpoint, so there is no model to ask.')
      const { inputs: examples } = request.body
      const inputs = flattenExamples(examples, topologyOf(job.spec.model).inputShape)
      const task = { model: checkpoint.sha256, inputs, count: examples.length }
      const { probabilities } = await predictor.predict(task, async () => ({
        spec: job.spec,
        checkpoint: await readBlob(blobs, job.id, checkpoint.sha256),
      }))
      return describe(probabilities, examples.length, classesOf(job.spec.dataset.id))
    })
  }

function describe(
  probabilities: Float32Array,
  count: number,
  names: readonly string[],
): z.infer<typeof Answer> {
  const width = probabilities.length / count
  const outputs = Array.from({ length: count }, (_, row) => [
    ...probabilities.subarray(row * width, (row + 1) * width),
  ])
  const classes = outputs.map(row => {
    const best = row.indexOf(Math.max(...row))
    return names[best] ?? String(best)
  })
  return { outputs, classes }
}
