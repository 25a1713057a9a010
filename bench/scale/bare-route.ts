import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import underPressure from '@fastify/under-pressure'
import websocket from '@fastify/websocket'
import { Queue } from 'bullmq'
import Fastify from 'fastify'
import { jsonSchemaTransform, serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { Redis } from 'ioredis'
import { z } from 'zod'
import { JobRequest } from '#domain/training-spec.ts'
import { validateByZod } from '#http/validate-by-zod.ts'

// A child process: a route with the plugins of the api, and the same check of the body, that does nothing but add the body to a queue of
// BullMQ: what a submission costs at least. Started with the URL of Redis; PORT is its port.

const [redisUrl = ''] = process.argv.slice(2)
const redis = new Redis(redisUrl, { maxRetriesPerRequest: null })
const queue = new Queue('bare', { connection: redis, prefix: 'bare' })
const app = Fastify().withTypeProvider<ZodTypeProvider>()
app.setValidatorCompiler(validateByZod)
app.setSerializerCompiler(serializerCompiler)
await app.register(websocket)
await app.register(rateLimit, { redis, max: 1e9, timeWindow: 60_000 })
await app.register(underPressure, { maxEventLoopDelay: 1000 })
await app.register(helmet, { contentSecurityPolicy: false })
await app.register(swagger, {
  openapi: { info: { title: 'bare', version: '1' } },
  transform: jsonSchemaTransform,
})
const schema = { body: JobRequest, response: { 201: z.object({ id: z.string() }) } }
app.post('/v1/jobs', { schema }, async ({ body }, reply) => {
  const { id } = await queue.add('job', body)
  return reply.code(201).send({ id: id! })
})
app.get('/readyz', async () => ({ ready: true }))
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
process.on('SIGTERM', () => process.exit(0))
