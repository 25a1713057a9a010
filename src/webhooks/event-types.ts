import { z } from 'zod'
import type { EventType } from '#domain/event.ts'

/** The events of a job that change its status; other events are in its history and its WebSocket only. */
const WORK_EVENTS = [
  'started',
  'paused',
  'resumed',
  'restarted',
  'succeeded',
  'failed',
  'cancelled',
] as const satisfies EventType[]

const ofKind = <Kind extends 'job' | 'analysis'>(kind: Kind) =>
  WORK_EVENTS.map(event => `${kind}.${event}` as const)

/** The types of events that a webhook can receive. */
export const WEBHOOK_EVENTS = [
  ...ofKind('job'),
  ...ofKind('analysis'),
  'sweep.finished',
  'sweep.cancelled',
  'dataset.ready',
  'dataset.invalid',
] as const
export type WebhookEventType = (typeof WEBHOOK_EVENTS)[number]

export function isWebhookEvent(type: string): type is WebhookEventType {
  return (WEBHOOK_EVENTS as readonly string[]).includes(type)
}

/** The type of the event that the test route sends. No webhook can select it. */
export const TEST_EVENT = 'webhook.test'

/** A type of events, or `*` for all of them. */
export const EventSelector = z.enum([...WEBHOOK_EVENTS, '*'])
type EventSelector = z.infer<typeof EventSelector>

export function selects(selectors: readonly EventSelector[], type: string): boolean {
  return selectors.some(selector => selector === '*' || selector === type)
}
