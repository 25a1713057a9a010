import { computed, signal } from '@preact/signals'
import { Thresher } from '@thresher/client'
import { noticingFailure } from './connection.ts'

const STORED = 'thresher.key'

const key = signal(sessionStorage.getItem(STORED))

/** Whether the service refused the present key, or requests without one. */
export const keyRefused = signal(false)

/** Whether this tab has a key, which `signOut` removes. */
export const hasKey = computed(() => key.value !== null)

/** The client of the service that serves the dashboard. */
export const client = computed(
  () =>
    new Thresher({
      url: location.origin,
      ...(key.value !== null && { key: key.value }),
      fetch: noticingRefusals,
    }),
)

/** Uses a key until the tab is closed. */
export function signIn(next: string): void {
  sessionStorage.setItem(STORED, next)
  key.value = next
  keyRefused.value = false
}

export function signOut(): void {
  sessionStorage.removeItem(STORED)
  key.value = null
  // The pages load again without a key, which a service without keys accepts.
  keyRefused.value = false
}

async function noticingRefusals(...request: Parameters<typeof fetch>): Promise<Response> {
  const answer = await noticingFailure(fetch(...request), request[1]?.signal)
  if (answer.status === 401) keyRefused.value = true
  return answer
}
