import type { WebSocket } from '@fastify/websocket'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { JobEvent } from '#domain/event.ts'
import { isTerminal } from '#domain/job.ts'
import { CLOSE, FrameSocket } from '#http/frame-socket.ts'
import { jobResource } from '#http/job-resource.ts'
import type { World } from '#infra/connect.ts'
import { JobParams } from './job-params.ts'

const schema = {
  params: JobParams,
  querystring: z.strictObject({ after: z.coerce.number().int().min(0).default(0) }),
}

export const streamJobRoute =
  ({ jobs, events }: Pick<World, 'jobs' | 'events'>): FastifyPluginAsyncZod =>
  async app => {
    app.get('/v1/jobs/:jobId/stream', { schema, websocket: true }, async (raw: WebSocket, request) => {
      const socket = new FrameSocket(raw)
      const { jobId } = request.params as z.infer<typeof JobParams>
      const { after } = request.query as { after: number }
      const job = await jobs.get(jobId)
      if (!job) return socket.close(CLOSE.noSuchJob, 'no such job')
      await socket.send({ type: 'snapshot', job: jobResource(job), lastSeq: job.lastSeq })
      if (isTerminal(job.status) && after >= job.lastSeq) return await end(socket, job.status, job.lastSeq)
      const stop = await events.follow(job, after, {
        async onEvent(event) {
          await socket.send(event)
          const status = terminalStatus(event)
          if (status) await end(socket, status, event.seq)
        },
        onProgress: frame => socket.offer(frame),
      })
      await socket.closed
      await stop()
    })
  }

async function end(socket: FrameSocket, status: string, lastSeq: number): Promise<void> {
  await socket.send({ type: 'end', status, lastSeq })
  socket.close(CLOSE.normal, 'the job is over')
}

function terminalStatus({ type }: JobEvent): string | undefined {
  return type === 'succeeded' || type === 'failed' || type === 'cancelled' ? type : undefined
}
