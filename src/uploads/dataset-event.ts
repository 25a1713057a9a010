import { tenantOf } from '#access/owner.ts'
import type { AnnouncedEvent } from '#stores/announced-events.ts'
import type { DatasetRecord } from '#stores/upload-records.ts'
import { isWebhookEvent } from '#webhooks/event-types.ts'

/** The event that webhooks can receive when the validation of a dataset has ended. */
export function datasetEvent(record: DatasetRecord): AnnouncedEvent | undefined {
  const type = `dataset.${record.state.status}`
  if (!isWebhookEvent(type)) return undefined
  return { tenant: tenantOf(record), type, id: record.id, seq: 0, time: new Date().toISOString() }
}
