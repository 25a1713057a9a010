import { computed, type Signal, signal } from '@preact/signals'

/** Whether the browser has a network. */
const online = signal(navigator.onLine)
addEventListener('online', () => {
  online.value = true
})
addEventListener('offline', () => {
  online.value = false
})

/** Whether the last request had no answer. */
const unanswered = signal(false)

/** Whether the stream of the jobs broke and is being made again. */
export const interrupted: Signal<boolean> = signal(false)

/** Whether requests have no answer at present: what is asked for regularly waits until this is over. */
export const disconnected = computed(() => !online.value || unanswered.value)

/** Why the page is not up to date; undefined if it is. */
export const connectionProblem = computed<'offline' | 'broken' | undefined>(() =>
  !online.value ? 'offline' : unanswered.value || interrupted.value ? 'broken' : undefined,
)

/** Watches a request. @returns its answer */
export async function noticingFailure(
  request: Promise<Response>,
  abort?: AbortSignal | null,
): Promise<Response> {
  try {
    const answer = await request
    unanswered.value = false
    return answer
  } catch (error) {
    if (!abort?.aborted) unanswered.value = true
    throw error
  }
}
