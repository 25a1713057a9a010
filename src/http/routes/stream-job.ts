import type { WebSocket } from '@fastify/websocket'
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError } from '#domain/error.ts'
import { endsJob, type JobEvent, type ProgressFrame } from '#domain/event.ts'
import { isTerminal } from '#domain/job.ts'
import { CLOSE, FrameSocket } from '#http/frame-socket.ts'
import { describeJob } from '#http/job-resource.ts'
import type { World } from '#infra/connect.ts'
import { JobParams } from './job-params.ts'

const schema = {
  params: JobParams,
  querystring: z.strictObject({ after: z.coerce.number().int().min(0).default(0) }),
}

export const streamJobRoute =
  (world: World): FastifyPluginAsyncZod =>
  async app => {
    const handler = () => {
      throw new AppError('upgrade_required', 'Open this route as a WebSocket.', {
        headers: { upgrade: 'websocket' },
      })
    }
    const wsHandler = async (raw: WebSocket, request: FastifyRequest) => {
      const socket = new FrameSocket(raw)
      const { jobId } = request.params as z.infer<typeof JobParams>
      const { after } = request.query as { after: number }
      const job = await world.jobs.get(jobId)
      if (!job) return socket.close(CLOSE.noSuchJob, 'no such job')
      socket.send({ type: 'snapshot', job: await describeJob(job, world), lastSeq: job.lastSeq })
      if (isTerminal(job.status) && after >= job.lastSeq) return end(socket, job.status, job.lastSeq)
      const follower = {
        onEvent(event: JobEvent) {
          socket.send(event)
          if (endsJob(event)) end(socket, event.type, event.seq)
        },
        onProgress: (frame: ProgressFrame) => socket.offer(frame),
        room: () => socket.room(),
      }
      await world.events.follow(job, after, follower, socket.closing)
    }
    app.route({ method: 'GET', url: '/v1/jobs/:jobId/stream', schema, handler, wsHandler })
  }

function end(socket: FrameSocket, status: string, lastSeq: number): void {
  socket.send({ type: 'end', status, lastSeq })
  socket.close(CLOSE.normal, 'the job is over')
}
