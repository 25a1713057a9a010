import type { JobEvent } from '@thresher/client'
import { useEffect, useRef } from 'preact/hooks'
import { Panel } from '../../components/panel.tsx'
import { formatCount } from '../../format/numbers.ts'
import { formatClock, formatTime } from '../../format/times.ts'
import { eventWords } from './event-words.ts'

/** The last events that are shown. */
const LINES = 200

/** The events of the job as lines. It stays at the end while the reader does. */
export function Log({ events }: { events: readonly JobEvent[] }) {
  const frame = useRef<HTMLDivElement>(null)
  const follows = useRef(true)
  const lines = events.slice(-LINES)
  useEffect(() => {
    const element = frame.current
    if (element && follows.current) element.scrollTop = element.scrollHeight
  }, [events])
  const left = events.length - lines.length
  return (
    <Panel
      title="Log"
      controls={left > 0 ? <span class="quiet">the last {formatCount(LINES)} events</span> : undefined}
    >
      <section
        ref={frame}
        class="log"
        aria-label="Events of the job"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a frame that scrolls must be reachable by keyboard
        tabIndex={0}
        onScroll={event => {
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget
          follows.current = scrollTop + clientHeight >= scrollHeight - 8
        }}
      >
        {lines.map(event => (
          <p key={event.seq} class={`log-line log-${event.type}`}>
            <time dateTime={event.time} title={formatTime(event.time)}>
              {formatClock(event.time)}
            </time>
            <span>{eventWords(event)}</span>
          </p>
        ))}
      </section>
    </Panel>
  )
}
