import type { WebSocket } from '@fastify/websocket'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import pLimit from 'p-limit'
import { z } from 'zod'
import { CLOSE, FrameSocket } from '#http/frame-socket.ts'
import { JobParams } from '#http/job-params.ts'
import { requireUpgrade } from '#http/require-upgrade.ts'
import { watchJob } from '#http/watch-job.ts'
import type { Stores } from '#stores/connect.ts'

const MAX_SUBSCRIPTIONS = 1000
/** Subscriptions of a socket that are being answered with their snapshots. */
const OPENED_AT_ONCE = 4
/** Above so many wishes in wait, no more are read from the socket: TCP makes the client wait. */
const MOST_WAITING = 64

const Subscribe = z.strictObject({
  subscribe: z.strictObject({ ...JobParams.shape, after: z.int().min(0).default(0) }),
})
const Unsubscribe = z.strictObject({ unsubscribe: z.strictObject(JobParams.shape) })
const Wish = z.union([Subscribe, Unsubscribe])

const schema = {
  operationId: 'streamJobs',
  tags: ['progress'],
  summary: 'WebSocket: many jobs on one socket',
  response: {
    101: z
      .null()
      .describe(
        'Send `{"subscribe": {"jobId", "after"}}` and `{"unsubscribe": {"jobId"}}`. Frames are those of one job\'s stream, ' +
          'each with its `jobId`; `end` leaves the socket open; `{type: "error", jobId, code}` answers for a job that ' +
          'does not exist.',
      ),
  },
}

/** Many jobs on one socket: clients subscribe and unsubscribe as they like, and every frame says whose it is. */
export const streamJobsRoute =
  (stores: Stores): FastifyPluginAsyncZod =>
  async app => {
    const wsHandler = (raw: WebSocket) => {
      const subscriptions = new Map<string, AbortController>()
      const opening = pLimit(OPENED_AT_ONCE)
      const socket = new FrameSocket(raw, text => {
        const wish = parseWish(text)
        if (!wish)
          return socket.close(
            CLOSE.badFrame,
            'send {"subscribe":{"jobId","after"}} or {"unsubscribe":{"jobId"}}',
          )
        if (opening.pendingCount >= MOST_WAITING) raw.pause()
        // In the order in which they came: a client may leave a job that is still being opened.
        void opening(() => ('subscribe' in wish ? open(wish.subscribe) : leave(wish.unsubscribe.jobId)))
      })

      /** Resolves once the snapshot is sent, or when there is none to send. */
      async function open(wish: z.infer<typeof Subscribe>['subscribe']): Promise<void> {
        if (socket.closing.aborted) return
        await new Promise<void>(opened => {
          subscribe(wish, opened)
            .catch(err => {
              app.log.error({ err }, 'a stream failed')
              socket.close(CLOSE.failed, 'reconnect with the last seqs')
            })
            .finally(opened)
        })
        if (raw.isPaused && opening.pendingCount < MOST_WAITING) raw.resume()
      }

      function leave(jobId: string): void {
        subscriptions.get(jobId)?.abort()
        subscriptions.delete(jobId)
      }

      /** Subscribing again starts over from the new place. */
      async function subscribe(
        { jobId, after }: z.infer<typeof Subscribe>['subscribe'],
        opened: () => void,
      ): Promise<void> {
        leave(jobId)
        const refuse = (code: string) => socket.send({ type: 'error', jobId, code })
        if (subscriptions.size >= MAX_SUBSCRIPTIONS) return refuse('too_many_subscriptions')
        const left = new AbortController()
        subscriptions.set(jobId, left)
        const sink = {
          send(frame: object) {
            socket.send({ ...frame, jobId })
            opened()
          },
          offer: (frame: object) => socket.offer(frame),
          room: () => socket.room(),
        }
        const signal = AbortSignal.any([socket.closing, left.signal])
        if (!(await watchJob(stores, { jobId, after }, sink, signal))) refuse('not_found')
        if (subscriptions.get(jobId) === left) subscriptions.delete(jobId)
      }
    }
    app.route({ method: 'GET', url: '/v1/stream', schema, handler: requireUpgrade, wsHandler })
  }

function parseWish(text: string): z.infer<typeof Wish> | undefined {
  try {
    return Wish.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
