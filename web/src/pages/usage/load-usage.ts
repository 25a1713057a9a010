import type { GetUsageResponse, UsageQuery, UsageRow } from '@thresher/client'
import { client } from '../../state/session.ts'

const PAGE = 200

export interface UsageOfRange {
  rows: UsageRow[]
  totals: GetUsageResponse['totals']
  /** Milliseconds since 1970. */
  from: number
  to: number
}

/** Every row of the last `days` days, with the totals. */
export async function loadUsage(days: number, query: UsageQuery, signal: AbortSignal): Promise<UsageOfRange> {
  const to = Date.now()
  const from = to - days * 24 * 3_600_000
  const ranged = { ...query, limit: PAGE, from: new Date(from).toISOString(), to: new Date(to).toISOString() }
  const first = await client.value.usage.list(ranged, { signal })
  const rows = first.hasMore ? [] : first.data
  if (first.hasMore) for await (const row of client.value.usage.list(ranged, { signal })) rows.push(row)
  return { rows, totals: first.totals, from, to }
}
