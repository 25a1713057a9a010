import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Principal } from '#access/principal.ts'
import { permits } from '#access/scope.ts'
import { AppError, invalidRequest } from '#domain/error.ts'
import { cursorLike, Limit, pageOf } from '#http/page.ts'
import { principalOf } from '#http/principal.ts'
import { QueriedTenant, queriedTenant } from '#http/queried-tenant.ts'
import { routeConfig } from '#http/route-config.ts'
import { TimeQuery } from '#http/time-query.ts'
import type { ServiceStores } from '#stores/connect.ts'
import { startOfHourOf } from '#usage/hours.ts'
import {
  compareRows,
  cursorOf,
  isAfter,
  totalsOf,
  USAGE_CURSOR,
  UsageRow,
  UsageTotals,
} from '#usage/usage-row.ts'

const DAY_MS = 24 * 3600 * 1000
const MOST_DAYS = 31

const UsageQuery = z.strictObject({
  from: TimeQuery.optional().describe('Default: a day before `to`. Rounded down to the hour.'),
  to: TimeQuery.optional().describe('Default: now. Hours that start at or after it are left out.'),
  keyId: z.string().min(1).max(100).optional(),
  tenant: QueriedTenant,
  after: cursorLike(USAGE_CURSOR),
  limit: Limit,
})
type UsageQuery = z.infer<typeof UsageQuery>

const schema = {
  operationId: 'getUsage',
  tags: ['service'],
  summary: 'List usage by key and hour',
  description:
    'What each key has used, by UTC hour, newest first, with the totals of all pages. At most 31 days. A key without the scope `admin` sees its own usage.',
  querystring: UsageQuery,
  response: { 200: pageOf(UsageRow).extend({ totals: UsageTotals }) },
}

export const getUsageRoute =
  ({ usage }: Pick<ServiceStores, 'usage'>): FastifyPluginAsyncZod =>
  async app => {
    app.get(
      '/v1/usage',
      { schema, config: routeConfig({ scope: 'read', problems: ['not_found'] }) },
      async request => {
        const { tenant: asked, after, limit, ...query } = request.query
        const caller = principalOf(request)
        const tenant = queriedTenant(caller, asked)
        const range = { ...rangeOf(query), keyId: visibleKey(caller, query.keyId) }
        await usage.flush()
        await usage.recordStoredBytes(tenant)
        const rows = (await usage.rows(tenant, range)).sort(compareRows)
        const rest = after === undefined ? rows : rows.filter(row => isAfter(after, row))
        const data = rest.slice(0, limit)
        const hasMore = rest.length > limit
        return { data, hasMore, nextAfter: hasMore ? cursorOf(data.at(-1)!) : null, totals: totalsOf(rows) }
      },
    )
  }

/** @throws AppError `invalid_request` */
function rangeOf({ to = new Date(), from: given }: Pick<UsageQuery, 'from' | 'to'>) {
  const from = given ?? new Date(to.getTime() - DAY_MS)
  if (from >= to) throw invalidRequest('from', 'must be before `to`')
  const first = startOfHourOf(from)
  if (to.getTime() - first.getTime() > MOST_DAYS * DAY_MS)
    throw invalidRequest('from', `must be at most ${MOST_DAYS} days before \`to\``)
  return { from: first, to }
}

/** @returns undefined for all keys of the tenant. @throws AppError `forbidden` */
function visibleKey({ scopes, keyId: own }: Principal, keyId: string | undefined): string | undefined {
  if (permits(scopes, 'admin')) return keyId
  if (keyId === undefined || keyId === own) return own
  throw new AppError('forbidden', 'A key needs the scope `admin` to read the usage of another key.')
}
