import type { FastifyReply } from 'fastify'
import { modelName } from '#domain/topology-of.ts'
import type { Submitted } from '#jobs/submit-job.ts'
import { jobResource } from './job-resource.ts'

/** Answers 201 with the job, and with a header if an earlier request with the same idempotency key created it. */
export function answerSubmission(reply: FastifyReply, { job, replayed }: Submitted): FastifyReply {
  if (replayed) reply.header('idempotency-replayed', 'true')
  else reply.log.info({ jobId: job.id, model: modelName(job.spec.model) }, 'job submitted')
  return reply.code(201).header('location', `/v1/jobs/${job.id}`).send(jobResource(job))
}
