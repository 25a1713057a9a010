import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { isOperator, type Principal } from '#access/principal.ts'
import { AppError } from '#domain/error.ts'
import { cursorLike, Limit, pageOf } from '#http/page.ts'
import { principalOf } from '#http/principal.ts'
import { QueriedTenant, queriedTenant } from '#http/queried-tenant.ts'
import { routeConfig } from '#http/route-config.ts'
import { TimeQuery } from '#http/time-query.ts'
import type { ServiceStores } from '#stores/connect.ts'
import { AuditRecord } from '#usage/audit-record.ts'

/** The id of an entry of a Redis stream. No entry has the id 0-0, and XREVRANGE refuses the range that ends before it. */
const RECORD_ID = /^[1-9]\d{0,14}-(0|[1-9]\d{0,14})$/

const AuditQuery = z.strictObject({
  keyId: z.string().min(1).max(100).optional(),
  operation: z.string().min(1).max(100).optional().describe('An `operationId`.'),
  from: TimeQuery.optional(),
  to: TimeQuery.optional().describe('Exclusive.'),
  tenant: QueriedTenant,
  failedAuthentications: z
    .enum(['true', 'false'])
    .default('false')
    .describe(
      'Lists the requests that failed to authenticate, which belong to no tenant. Only for admins of the tenant `default`.',
    ),
  after: cursorLike(RECORD_ID),
  limit: Limit,
})
type AuditQuery = z.infer<typeof AuditQuery>

const schema = {
  operationId: 'listAudit',
  tags: ['service'],
  summary: 'List audit records',
  description:
    'The requests that have written or were refused, newest first. A request examines at most 10,000 records, so a page may be shorter than `limit` while `hasMore` is true.',
  querystring: AuditQuery,
  response: { 200: pageOf(AuditRecord) },
}

export const listAuditRoute =
  (stores: Pick<ServiceStores, 'audit'>): FastifyPluginAsyncZod =>
  async app => {
    app.get(
      '/v1/audit',
      { schema, config: routeConfig({ scope: 'admin', problems: ['not_found'] }) },
      async request => {
        const tenant = listedTenant(principalOf(request), request.query)
        const { records: data, nextAfter } = await stores.audit.list({ ...request.query, tenant })
        return { data, hasMore: nextAfter !== null, nextAfter }
      },
    )
  }

/** @returns undefined for failed authentications. @throws AppError `forbidden` */
function listedTenant(caller: Principal, query: AuditQuery): string | undefined {
  if (query.failedAuthentications === 'false') return queriedTenant(caller, query.tenant)
  if (isOperator(caller)) return undefined
  throw new AppError('forbidden', 'Only an admin of the tenant "default" can list failed authentications.')
}
