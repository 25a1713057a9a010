/** A duration: 0.4 s, 12 s, 3 min 5 s, 2 h 14 min, 3 d 4 h. */
export function formatDuration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return '–'
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const total = Math.round(seconds)
  if (total < 60) return `${total} s`
  if (total < 3600) return join(Math.floor(total / 60), 'min', total % 60, 's')
  if (total < 86_400) return join(Math.floor(total / 3600), 'h', Math.floor((total % 3600) / 60), 'min')
  return join(Math.floor(total / 86_400), 'd', Math.floor((total % 86_400) / 3600), 'h')
}

/** How long ago a moment was, or how soon it is: "3 min ago", "in 20 s". */
export function formatAge(time: string, now: number = Date.now()): string {
  const seconds = (now - Date.parse(time)) / 1000
  if (Math.abs(seconds) < 5) return 'just now'
  const size = shortDuration(Math.abs(seconds))
  return seconds > 0 ? `${size} ago` : `in ${size}`
}

const moment = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })
const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' })

/** Date and time in the reader's zone. */
export function formatTime(time: string): string {
  return moment.format(new Date(time))
}

/** The time of the day in the reader's zone. */
export function formatClock(time: string): string {
  return clock.format(new Date(time))
}

function shortDuration(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h`
  return `${Math.round(seconds / 86_400)} d`
}

function join(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`
}
