import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { WorkerStatus } from '#domain/worker.ts'
import { pageOf, wholePage } from '#http/page.ts'
import { showable } from '#http/showable.ts'
import type { Stores } from '#stores/connect.ts'

const schema = {
  operationId: 'listWorkers',
  tags: ['service'],
  summary: 'List live workers with their engine, device and current job',
  response: { 200: pageOf(WorkerStatus) },
}

export const listWorkersRoute =
  ({ workers }: Pick<Stores, 'workers'>): FastifyPluginAsyncZod =>
  async app => {
    app.get('/v1/workers', { schema }, async ({ log }) =>
      wholePage(showable(await workers.list(), WorkerStatus, worker => worker, log)),
    )
  }
