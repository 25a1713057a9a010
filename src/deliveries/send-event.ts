import { once } from 'node:events'
import type { BlockList } from 'node:net'
import type { Attempt } from '#webhooks/delivery.ts'
import { retryAfterSeconds } from '#webhooks/retry-schedule.ts'
import { signatureHeaders } from '#webhooks/signature.ts'
import { validSecrets, type Webhook } from '#webhooks/webhook.ts'
import { bodyOf, type WebhookEvent } from '#webhooks/webhook-event.ts'
import { targetMistake } from './check-target.ts'
import { postPinned } from './post-pinned.ts'
import { addressesOf, type ResolveHost, resolveHost } from './resolve-host.ts'

/** How requests to receivers are sent. */
export interface SendingOptions {
  /** Networks that are not public and may be sent to nevertheless. */
  allowed: BlockList
  /** The time for everything: resolving the host, connecting, sending and reading the answer. */
  timeoutMs?: number
  resolve?: ResolveHost
  now?: () => Date
  /** Ends the request without a result. */
  signal?: AbortSignal
}

const TIMEOUT_MS = 15_000

type Result = Pick<Attempt, 'httpStatus' | 'error' | 'retryAfterSeconds'>

/**
 * Sends an event once, signed with every valid secret. A receiver that cannot be reached is a failed attempt, not an error.
 * @param id of the message
 * @throws Error if `options.signal` is aborted
 */
export async function sendEvent(
  webhook: Webhook,
  id: string,
  event: WebhookEvent,
  options: SendingOptions,
): Promise<Attempt> {
  const { timeoutMs = TIMEOUT_MS, now = () => new Date(), signal } = options
  const sentAt = now()
  const begun = performance.now()
  const body = bodyOf(event)
  const headers = signatureHeaders({ id, sentAt, body }, validSecrets(webhook, sentAt))
  const result = await withDeadline(timeoutMs, signal, end =>
    send(webhook.url, headers, body, options, end).catch(error => {
      signal?.throwIfAborted()
      const isLate = `The receiver did not answer within ${timeoutMs / 1000} s.`
      return { error: end.aborted ? isLate : reasonOf(error) }
    }),
  )
  return { at: sentAt.toISOString(), durationMs: Math.round(performance.now() - begun), ...result }
}

/** `AbortSignal.any` is not used, because the other signal would remember each of its signals for as long as it exists. */
async function withDeadline<T>(
  timeoutMs: number,
  signal: AbortSignal | undefined,
  work: (end: AbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted()
  const end = new AbortController()
  const abort = () => end.abort()
  const timer = setTimeout(abort, timeoutMs)
  signal?.addEventListener('abort', abort)
  try {
    return await work(end.signal)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}

async function send(
  webhookUrl: string,
  signature: Record<string, string>,
  body: string,
  { allowed, resolve = resolveHost, now = () => new Date() }: SendingOptions,
  signal: AbortSignal,
): Promise<Result> {
  const url = new URL(webhookUrl)
  // A resolver may not support cancelling, so the wait for it ends with the signal.
  const addresses = await orAborted(addressesOf(url, resolve, signal), signal)
  const mistake = targetMistake(url, addresses, allowed)
  if (mistake) return { error: `The URL ${mistake}.` }
  const headers = { ...signature, 'content-type': 'application/json', 'user-agent': 'Thresher' }
  const { status: httpStatus, retryAfter } = await postPinned({ url, addresses, headers, body }, signal)
  if (httpStatus >= 200 && httpStatus < 300) return { httpStatus }
  const redirect = httpStatus >= 300 && httpStatus < 400 ? '; redirects are not followed' : ''
  const seconds = retryAfterSeconds(retryAfter, now())
  return {
    httpStatus,
    error: `The receiver answered ${httpStatus}${redirect}.`,
    ...(seconds !== undefined && { retryAfterSeconds: seconds }),
  }
}

async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = once(signal, 'abort').then(() => {
    throw signal.reason
  })
  return await Promise.race([work, aborted])
}

/** By the code of the error, because messages of the system contain addresses. */
const REASONS: Record<string, string> = {
  EAI_AGAIN: 'the name server does not answer',
  EBADNAME: 'the host name is not valid',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ENODATA: 'the host name does not resolve',
  ENOTFOUND: 'the host name does not resolve',
  ESERVFAIL: 'the name server failed',
  ETIMEDOUT: 'the connection timed out',
  ETIMEOUT: 'the name server does not answer',
}

/** Connecting to several addresses fails with an AggregateError, whose own message is empty. */
function reasonOf(error: Error & { code?: string }): string {
  if (error instanceof TypeError) return 'The request failed: no request can be sent to this URL.'
  const { code = '', message } = error instanceof AggregateError ? error.errors[0] : error
  return `The request failed: ${REASONS[code] ?? message}.`
}
