import multipart from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { findCheckpoint } from '#domain/checkpoint.ts'
import { classesOf, factsOf } from '#domain/dataset.ts'
import { AppError } from '#domain/error.ts'
import { isTerminal, type Job } from '#domain/job.ts'
import { topologyOf } from '#domain/presets/topology-of.ts'
import { tokenChecker } from '#domain/tokens.ts'
import { FormatError } from '#formats/format-error.ts'
import { flattenExamples } from '#http/flatten-examples.ts'
import { EXAMPLES, PredictionRequest } from '#http/prediction-request.ts'
import { parseByZod } from '#http/validate-by-zod.ts'
import { checkpointSource } from '#infra/checkpoint-source.ts'
import type { World } from '#infra/connect.ts'
import type { PredictionInputs } from '#infra/predictor.ts'
import { CheckpointQuery } from './checkpoint-query.ts'
import { JobParams } from './job-params.ts'

const BODY_BYTES = 16 * 1024 * 1024

const Answer = z
  .object({
    outputs: z
      .array(z.array(z.number()))
      .describe('One row an example: probabilities, one a class or answer; for errors as loss, the outputs.'),
    classes: z
      .array(z.string())
      .optional()
      .describe('Of each example, the class it most likely is; absent where there are no classes.'),
  })
  .meta({ id: 'Prediction' })

const schema = {
  operationId: 'predict',
  tags: ['jobs'],
  summary: 'Ask the model of a job that is over or paused, by arrays or by image files',
  params: JobParams,
  querystring: z.strictObject({ checkpoint: CheckpointQuery }),
  response: { 200: Answer },
}

export const predictRoute =
  ({ jobs, blobs, predictor }: Pick<World, 'jobs' | 'blobs' | 'predictor'>): FastifyPluginAsyncZod =>
  async app => {
    await app.register(multipart, { limits: { fileSize: BODY_BYTES, files: EXAMPLES, fields: 0 } })
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
      const inputs = request.isMultipart() ? await imagesIn(request) : arraysIn(request.body, job)
      const source = { spec: job.spec, checkpoint: checkpointSource(blobs, job.id, checkpoint) }
      const { outputs } = await predictor
        .predict({ model: checkpoint.sha256, inputs }, source)
        .catch(error => {
          throw error instanceof FormatError ? wrongInput('image', error.message) : error
        })
      const rows = inRows(outputs, inputs.count)
      const names = classesOf(job.spec.dataset)
      return { outputs: rows, ...(names.length > 0 && { classes: rows.map(row => likeliest(row, names)) }) }
    })
  }

function arraysIn(body: unknown, { spec }: Job): PredictionInputs {
  const { inputs } = parseByZod(PredictionRequest, body)
  const topology = topologyOf(spec.model)
  const isBytes = factsOf(spec.dataset)?.dtype !== 'float32'
  const x = flattenExamples(inputs, topology.inputShape, isBytes)
  const size = x.length / inputs.length
  const check = tokenChecker(topology)
  for (const row of check ? inputs.keys() : []) {
    const wrong = check!(x.subarray(row * size, (row + 1) * size))
    if (wrong) throw wrongInput(`inputs.${row}.${wrong.position}`, wrong.message)
  }
  return { x, count: inputs.length }
}

async function imagesIn(request: FastifyRequest): Promise<PredictionInputs> {
  const images: { name: string; bytes: Uint8Array }[] = []
  for await (const part of request.files()) {
    if (part.fieldname !== 'image')
      throw wrongInput(part.fieldname, 'is no part here; image files are parts called image')
    images.push({ name: part.filename, bytes: await part.toBuffer() })
  }
  if (images.length === 0) throw wrongInput('image', 'is missing: one part an image file')
  return { images, count: images.length }
}

function wrongInput(path: string, message: string): AppError {
  return new AppError('invalid_request', `${path}: ${message}`, { mistakes: [{ path, message }] })
}

function inRows(outputs: Float32Array, count: number): number[][] {
  const width = outputs.length / count
  return Array.from({ length: count }, (_, row) => [...outputs.subarray(row * width, (row + 1) * width)])
}

/** A single output is the probability of the second of two classes, or the number of the class. */
function likeliest(row: readonly number[], names: readonly string[]): string {
  const best = row.length === 1 ? Math.round(row[0]!) : row.indexOf(Math.max(...row))
  return names[Math.min(Math.max(best, 0), names.length - 1)]!
}
