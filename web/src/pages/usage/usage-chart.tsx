import { formatTime } from '../../format/times.ts'
import type { Bucket } from './bucket-usage.ts'
import type { Measure } from './usage-measures.ts'

const HEIGHT = 100
const GAP = 0.2

/** Bars over time. The largest bar has the full height. */
export function UsageChart({
  buckets,
  measure,
  unit,
}: {
  buckets: Bucket[]
  measure: Measure
  unit: string
}) {
  const most = Math.max(...buckets.map(({ amount }) => amount))
  const summary = summarize(buckets, measure, unit)
  return (
    <figure class="bars">
      <div class="bars-plot">
        <span class="bars-most">{measure.format(most)}</span>
        <svg
          viewBox={`0 0 ${buckets.length} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={summary}
        >
          {buckets.map(({ start, amount }, index) => {
            const height = most > 0 ? (amount / most) * HEIGHT : 0
            return (
              <rect key={start} x={index + GAP / 2} width={1 - GAP} y={HEIGHT - height} height={height}>
                <title>{`${formatTime(new Date(start).toISOString())}: ${measure.format(amount)}`}</title>
              </rect>
            )
          })}
        </svg>
      </div>
      <div class="bars-axis">
        <span>{formatTime(new Date(buckets[0]!.start).toISOString())}</span>
        <span>now</span>
      </div>
      <figcaption class="chart-note">{summary}</figcaption>
    </figure>
  )
}

function summarize(buckets: Bucket[], { label, format }: Measure, unit: string): string {
  const top = buckets.reduce((most, bucket) => (bucket.amount > most.amount ? bucket : most))
  if (top.amount === 0) return `${label} by ${unit}: nothing in this time.`
  const used = buckets.filter(({ amount }) => amount > 0).length
  return `${label} by ${unit}: at most ${format(top.amount)}, from ${formatTime(new Date(top.start).toISOString())}; more than 0 in ${used} of ${buckets.length}.`
}
