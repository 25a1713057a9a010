import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { pageOf, wholePage } from '#http/page.ts'
import type { StoresOf } from '#http/principal.ts'
import { routeConfig } from '#http/route-config.ts'
import { showable } from '#http/showable.ts'
import { WorkerStatus } from '#stores/worker-record.ts'

const schema = {
  operationId: 'listWorkers',
  tags: ['service'],
  summary: 'List live workers',
  description: 'With their engine, device and current job.',
  response: { 200: pageOf(WorkerStatus) },
}

/** A worker shows its current job to the tenant of the job only. */
export const listWorkersRoute =
  (storesOf: StoresOf): FastifyPluginAsyncZod =>
  async app => {
    app.get('/v1/workers', { schema, config: routeConfig({ scope: 'read' }) }, async request => {
      const { workers, jobs, analyses } = storesOf(request)
      const shown = showable(await workers.list(), WorkerStatus, worker => worker, request.log)
      const isOwn = async (id: string) => Boolean((await jobs.get(id)) ?? (await analyses.get(id)))
      const own = await Promise.all(
        shown.map(async ({ jobId, ...worker }) =>
          jobId !== undefined && (await isOwn(jobId)) ? { ...worker, jobId } : worker,
        ),
      )
      return wholePage(own)
    })
  }
