import { formatAge, formatTime } from '../format/times.ts'

/** A moment as its age, with date and time on hover. */
export function Time({ at }: { at: string }) {
  return (
    <time dateTime={at} title={formatTime(at)}>
      {formatAge(at)}
    </time>
  )
}
