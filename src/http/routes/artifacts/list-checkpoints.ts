import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { CheckpointRecord, keptCheckpoints } from '#domain/checkpoint.ts'
import { JobParams } from '#http/job-params.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'

const KeptCheckpoint = CheckpointRecord.extend({
  kind: z
    .enum(['latest', 'best', 'model'])
    .describe(
      'Why the job keeps it; a checkpoint that is several of them is listed as often. `model` is the model that `earlyStopping` chooses.',
    ),
  resumable: z.boolean(),
}).meta({ id: 'KeptCheckpoint' })

const schema = {
  operationId: 'listCheckpoints',
  tags: ['jobs'],
  summary: 'List the checkpoints of a job',
  description: 'The latest, newest first, then the best, best first, then the one of the model.',
  params: JobParams,
  response: { 200: z.object({ data: z.array(KeptCheckpoint) }) },
}

export const listCheckpointsRoute =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    app.get(
      '/v1/jobs/:jobId/checkpoints',
      { schema, config: routeConfig({ scope: 'read' }) },
      async request => {
        const { checkpoints, spec } = await storesOf(request).jobs.require(request.params.jobId)
        const { latest, best, model } = keptCheckpoints(checkpoints, spec.checkpoint)
        const list = (kind: 'latest' | 'best' | 'model', kept: CheckpointRecord[]) =>
          kept.map(checkpoint => ({ ...checkpoint, kind, resumable: true }))
        return { data: [...list('latest', latest), ...list('best', best), ...list('model', model)] }
      },
    )
  }
