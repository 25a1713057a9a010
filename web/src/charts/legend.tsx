import type { Signal } from '@preact/signals'
import { FreeText } from '../components/free-text.tsx'
import type { LineStyle } from './palette.ts'
import type { Reading } from './plot.ts'

interface LegendProps {
  labels: string[]
  styles: LineStyle[]
  reading: Signal<Reading | null>
  format: (y: number) => string
}

/** Above this the legend has no figures. */
const FIGURES_UP_TO = 12

/** The curves with their lines, and their values under the cursor. */
export function Legend({ labels, styles, reading, format }: LegendProps) {
  const hasFigures = labels.length <= FIGURES_UP_TO
  const ys = hasFigures ? reading.value?.ys : undefined
  return (
    <ul class={hasFigures ? 'legend' : 'legend many'}>
      {labels.map((label, index) => (
        <li key={label}>
          <LineSample {...styles[index]!} />
          <FreeText text={label} />
          {hasFigures && <output>{readingOf(ys?.[index], format)}</output>}
        </li>
      ))}
    </ul>
  )
}

export function LineSample({ colour, dash }: LineStyle) {
  return (
    <svg viewBox="0 0 20 8" aria-hidden="true">
      <line x1="0" y1="4" x2="20" y2="4" stroke={colour} stroke-width="2" stroke-dasharray={dash.join(' ')} />
    </svg>
  )
}

function readingOf(y: number | null | undefined, format: (y: number) => string): string {
  return y === null || y === undefined ? '' : format(y)
}
