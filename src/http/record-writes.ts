import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError, type ErrorCode } from '#domain/error.ts'
import type { AuditStore } from '#stores/audit-store.ts'
import type { NewAuditRecord } from '#usage/audit-record.ts'
import { bringsCredential } from './brings-credential.ts'
import { isDryRun, isWrite } from './is-write.ts'
import { callerOf } from './principal.ts'
import { RedisOutage } from './redis-outage.ts'
import { shortText } from './short-text.ts'

const UNAUTHENTICATED = 401
/** With them, a record takes at most about 1,000 bytes. */
const LONGEST = { path: 300, targetId: 100, userAgent: 200 }

/**
 * Stores an audit record of every request that writes, or that brings a key or a ticket that is not valid, before the answer is sent. While
 * Redis does not answer, the record is in the log. Requests without a credential or beyond a rate limit have no record, because their
 * number has no limit.
 */
export function recordWrites(app: FastifyInstance, stores: { audit: AuditStore }): void {
  const codes = new WeakMap<FastifyRequest, ErrorCode>()
  const outage = new RedisOutage(app.log, 'audit records are only in the log')
  app.addHook('onError', async (request, _, error) => {
    if (error instanceof AppError) codes.set(request, error.code)
  })
  app.addHook('onSend', async (request, reply) => {
    const code = codes.get(request)
    const isUnauthenticated = reply.statusCode === UNAUTHENTICATED
    const isRecorded = isUnauthenticated ? bringsCredential(request) : isWrite(request) && !isDryRun(request)
    if (!isRecorded || code === 'rate_limited') return
    const audit = describeRequest(request, reply, code)
    const isStored = await outage.ask(async () => {
      await stores.audit.add(audit)
      return true
    })
    if (!isStored) request.log.error({ audit }, 'an audit record could not be stored')
  })
}

function describeRequest(
  request: FastifyRequest,
  reply: FastifyReply,
  code: ErrorCode | undefined,
): NewAuditRecord {
  const caller = callerOf(request)?.principal
  const operation = (request.routeOptions.schema as { operationId?: string } | undefined)?.operationId
  const targetId = targetOf(request, reply)
  const userAgent = request.headers['user-agent']
  return {
    ...(caller && { tenant: caller.tenant, keyId: caller.keyId }),
    ...(operation !== undefined && { operation }),
    method: request.method,
    path: shortText(request.url.split('?')[0]!, LONGEST.path),
    ...(targetId !== undefined && { targetId: shortText(targetId, LONGEST.targetId) }),
    status: reply.statusCode,
    ...(code !== undefined && { code }),
    address: request.ip,
    ...(userAgent !== undefined && { userAgent: shortText(userAgent, LONGEST.userAgent) }),
    requestId: request.id,
  }
}

/** The record that a request has created, or else the one that its path names. The path of an unknown route names none. */
function targetOf({ params, is404 }: FastifyRequest, reply: FastifyReply): string | undefined {
  const location = reply.getHeader('location')
  if (typeof location === 'string') return location.split('/').at(-1)
  return is404 ? undefined : Object.values((params ?? {}) as Record<string, string>)[0]
}
