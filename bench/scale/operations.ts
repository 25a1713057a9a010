import { QueuePositions } from '#jobs/queue-positions.ts'
import type { Stores } from '#stores/connect.ts'
import { bodyOf, type Placed, PREFIXES, TEAMS, type Tenant } from './fill.ts'
import { timed } from './timed-requests.ts'

/** Each operation, on a random job or tenant. @returns milliseconds */
export function operationsOf(
  port: number,
  stores: Stores,
  tenants: readonly Tenant[],
  placed: readonly Placed[],
): Record<string, () => Promise<number>> {
  const toCancel = [...placed]
  let submitted = 0
  /** A page is full even if a tenant has only 50 jobs, of which a fifth has the label. */
  const list = async (filter = '') => {
    const { headers } = pick(tenants)
    return (await timed(port, 'GET', `/v1/jobs?limit=10${filter}`, headers)).ms
  }
  return {
    submit: async () => {
      const { headers } = pick(tenants)
      return (await timed(port, 'POST', '/v1/jobs', headers, bodyOf(submitted++))).ms
    },
    get: async () => {
      const { job, tenant } = pick(placed)
      return (await timed(port, 'GET', `/v1/jobs/${job.id}`, tenant.headers)).ms
    },
    list: () => list(),
    'list, `label.team=`': () => list(`&label.team=${pick(TEAMS)}`),
    'list, `status=queued`': () => list('&status=queued'),
    'list, `name=` of every third job': () => list(`&name=${pick(PREFIXES)}`),
    cancel: async () => {
      const { job, tenant } = toCancel.splice(Math.floor(Math.random() * toCancel.length), 1)[0]!
      return (await timed(port, 'POST', `/v1/jobs/${job.id}/cancel`, tenant.headers)).ms
    },
    'queue position (the store alone)': async () => {
      const { job } = pick(placed)
      const startedAt = performance.now()
      await new QueuePositions(stores).of(job)
      return performance.now() - startedAt
    },
  }
}

function pick<Item>(items: readonly Item[]): Item {
  return items[Math.floor(Math.random() * items.length)]!
}
