import { setMaxListeners } from 'node:events'
import type { Logger } from 'pino'
import type { SendingOptions } from '#deliveries/send-event.ts'
import type { ServiceStores } from '#stores/connect.ts'
import { runPeriodically } from './run-periodically.ts'
import { type SenderStores, WebhookSender } from './webhook-sender.ts'

const PERIOD_MS = 1_000

/**
 * Makes the deliveries of new events and sends those that are due: at once after a message, and every second, because a message may be
 * lost. @returns a function that stops it; attempts in progress end without a result and are repeated later
 */
export function deliverWebhooks(
  stores: SenderStores & Pick<ServiceStores, 'lease' | 'outbox'>,
  options: SendingOptions,
  logger: Logger,
): () => Promise<void> {
  const stopping = new AbortController()
  // Every request in progress listens to it.
  setMaxListeners(0, stopping.signal)
  let isHolder = false
  const onFailure = (err: unknown) => logger.warn({ err }, 'webhooks could not be delivered')
  const wake = () => {
    if (isHolder) sender.run().catch(onFailure)
  }
  const sender = new WebhookSender(stores, { ...options, signal: stopping.signal }, logger, wake)
  // The process that did the work last also acts on messages.
  const lease = async (duty: string, durationMs: number) => {
    isHolder = await stores.lease(duty, durationMs)
    return isHolder
  }
  const stopWaking = stores.outbox.onWake(wake)
  const stopPeriods = runPeriodically({
    periodMs: PERIOD_MS,
    lease: { stores: { lease }, name: 'deliver-webhooks' },
    run: () => sender.run(),
    onFailure,
  })
  return async () => {
    isHolder = false
    stopWaking()
    stopping.abort()
    await stopPeriods()
    await sender.idle()
  }
}
