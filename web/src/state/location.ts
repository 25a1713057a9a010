import { computed, signal } from '@preact/signals'

const BASE = '/ui'

const address = signal(current())

/** The path below `/ui`, for example `/jobs/job_1`. */
export const path = computed(() => pathOf(address.value))

/** The parameters of the query. The whole state of a view is in them. */
export const query = computed(() => new URL(address.value, 'http://localhost').searchParams)

addEventListener('popstate', () => {
  address.value = current()
})

/** The address of a page for `href`, with `parameters` in its query. */
export function linkTo(page: string, parameters: Record<string, string> = {}): string {
  const search = new URLSearchParams(parameters).toString().replaceAll('%2C', ',')
  return BASE + page + (search && `?${search}`)
}

/** Shows a page, as a new entry of the history. */
export function navigate(page: string, parameters: Record<string, string> = {}): void {
  open(linkTo(page, parameters))
}

/** `push`: Back returns to the previous address; `replace`: for values that change many times in one gesture, such as typed text. */
export type HistoryMode = 'push' | 'replace'

/** Changes parameters of the query; `null` removes one. */
export function changeQuery(changes: Record<string, string | null>, mode: HistoryMode = 'push'): void {
  const next = new URLSearchParams(query.peek())
  for (const [name, value] of Object.entries(changes))
    if (value === null) next.delete(name)
    else next.set(name, value)
  const search = next.toString().replaceAll('%2C', ',')
  const to = location.pathname + (search && `?${search}`)
  // Without this, Back would seem to do nothing after a choice that was chosen already.
  if (to === current()) return
  if (mode === 'push' && !isPushing) pushOnce(to)
  else history.replaceState(null, '', to)
  address.value = current()
}

/** Whether the present event has added an entry already: all that one click changes is one entry. */
let isPushing = false

function pushOnce(to: string): void {
  history.pushState(null, '', to)
  isPushing = true
  queueMicrotask(() => {
    isPushing = false
  })
}

/** Follows links to pages without loading the document again. */
export function followLinks(event: MouseEvent): void {
  const anchor = (event.target as Element).closest?.('a')
  if (!anchor || anchor.target || anchor.hasAttribute('download') || anchor.origin !== location.origin) return
  if (event.defaultPrevented || event.button !== 0) return
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  if (!anchor.pathname.startsWith(`${BASE}/`) || anchor.hash) return
  event.preventDefault()
  open(anchor.pathname + anchor.search)
}

function open(to: string): void {
  history.pushState(null, '', to)
  address.value = to
  scrollTo(0, 0)
}

function current(): string {
  return location.pathname + location.search
}

function pathOf(to: string): string {
  const { pathname } = new URL(to, 'http://localhost')
  return pathname.slice(BASE.length).replace(/\/+$/, '') || '/'
}
