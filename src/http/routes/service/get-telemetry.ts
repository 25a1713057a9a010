import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { routeConfig } from '#http/route-config.ts'
import { showable } from '#http/showable.ts'
import { countJobs } from '#jobs/count-jobs.ts'
import type { ServiceStores } from '#stores/connect.ts'
import { WorkerStatus } from '#stores/worker-record.ts'

/** The Prometheus text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats). */
const MEDIA_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

const schema = {
  operationId: 'getTelemetry',
  tags: ['service'],
  summary: 'Get samples for Prometheus',
  description: 'The numbers of jobs and workers, in the text format of Prometheus.',
  response: {
    200: { description: 'Samples of gauges.', content: { 'text/plain': { schema: z.string() } } },
  },
}

export const getTelemetryRoute =
  (stores: Pick<ServiceStores, 'redis' | 'workers' | 'tenants'>): FastifyPluginAsyncZod =>
  async app => {
    app.get(
      '/metrics',
      { schema, config: routeConfig({ scope: 'read', operatorOnly: true }) },
      async (request, reply) => {
        const { log } = request
        const [jobs, stored] = await Promise.all([countJobs(stores), stores.workers.list()])
        const workers = showable(stored, WorkerStatus, worker => worker, log)
        const jobSamples = [...jobs].map(([status, count]) => sample('thresher_jobs', { status }, count))
        const workerSamples = workers.map(({ id, engine, device, jobId }) =>
          sample('thresher_worker_busy', { id, engine, device }, jobId === undefined ? 0 : 1),
        )
        const text = [
          ...gauge('thresher_jobs', 'Stored jobs by status.', jobSamples),
          ...gauge('thresher_worker_busy', 'Live workers: 1 while training, otherwise 0.', workerSamples),
        ]
        return reply.type(MEDIA_TYPE).send(`${text.join('\n')}\n`)
      },
    )
  }

function gauge(name: string, help: string, samples: readonly string[]): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...samples]
}

function sample(name: string, labels: Readonly<Record<string, string>>, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`)
  return `${name}{${pairs.join(',')}} ${value}`
}

/** Escapes backslashes, quotes and line feeds in a label value. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
