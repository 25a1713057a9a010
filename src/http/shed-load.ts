import { getHeapStatistics } from 'node:v8'
import underPressure from '@fastify/under-pressure'
import type { FastifyInstance } from 'fastify'
import { AppError } from '#domain/error.ts'
import { configOf } from './route-config.ts'

/** Mean delay of the event loop. A single long delay, such as a garbage collection, hardly changes it. */
const LONGEST_DELAY_MS = 1_000
const WINDOW_MS = 5_000
const HEAP_SHARE = 0.9

/** Answers 503 while the process cannot keep up, except on routes that answer under load. */
export async function shedLoad(app: FastifyInstance): Promise<void> {
  await app.register(underPressure, {
    maxEventLoopDelay: LONGEST_DELAY_MS,
    sampleInterval: WINDOW_MS,
    maxHeapUsedBytes: HEAP_SHARE * getHeapStatistics().heap_size_limit,
    pressureHandler: async ({ routeOptions }) => {
      if (configOf(routeOptions).answersUnderLoad) return
      throw new AppError('unavailable', 'The service is overloaded. Try again soon.', {
        headers: { 'retry-after': '5' },
      })
    },
  })
}
