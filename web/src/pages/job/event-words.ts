import type { JobEvent } from '@thresher/client'
import { formatBytes, formatNumber, formatPercent } from '../../format/numbers.ts'

/** An event as one line of the log. */
export function eventWords(event: JobEvent): string {
  switch (event.type) {
    case 'started':
      return `attempt ${event.attempt} started on ${event.data.worker.engine}, ${event.data.worker.device}`
    case 'epoch':
      return epochWords(event.data)
    case 'checkpointed':
      return `checkpoint after epoch ${event.data.epoch}, ${formatBytes(event.data.sizeBytes)}`
    case 'artifact':
      return `artifact ${event.data.name}, ${formatBytes(event.data.sizeBytes)}`
    case 'warning':
      return `warning ${event.data.code}: ${event.data.message}`
    case 'restarted':
      return `restarted after epoch ${event.data.fromEpoch}: ${event.data.reason}`
    case 'failed':
      return `failed: ${event.data.error.message}`
    case 'succeeded':
      return event.data.reason === 'early_stopped' ? 'succeeded; stopped early' : 'succeeded'
    default:
      return event.type
  }
}

function epochWords(epoch: Extract<JobEvent, { type: 'epoch' }>['data']): string {
  const parts = [
    `epoch ${epoch.epoch} of ${epoch.epochs}`,
    `loss ${formatNumber(epoch.validationLoss)}`,
    ...(epoch.validationAccuracy === undefined
      ? []
      : [`accuracy ${formatPercent(epoch.validationAccuracy)}`]),
    `sparsity ${formatPercent(epoch.sparsity)}`,
  ]
  return parts.join(', ')
}
