import type { Sweep } from '@thresher/client'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { brushCodec } from '../../charts/parallel/brush-codec.ts'
import { type Brush, isSelected } from '../../charts/parallel/parallel-axis.ts'
import { ParallelChart } from '../../charts/parallel/parallel-chart.tsx'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Panel } from '../../components/panel.tsx'
import { formatCount } from '../../format/numbers.ts'
import { numberCodec } from '../../state/codecs.ts'
import { urlState } from '../../state/url-state.ts'
import { formatOnAxis } from './format-on-axis.ts'
import { frontSoFar } from './front-so-far.ts'
import { TrialFront } from './trial-front.tsx'
import { trialLines } from './trial-lines.ts'
import { TRIAL_METRICS } from './trial-metrics.ts'
import { TrialTable } from './trial-table.tsx'

const stored = urlState('brush', brushCodec, 'replace')
const chosen = urlState('trial', numberCodec(-1))

/** The trials of a sweep in three views. What is selected on the parallel coordinates filters the other two. */
export function TrialViews({ sweep }: { sweep: Sweep }) {
  const { trials } = sweep
  const front = useMemo(() => sweep.front ?? frontSoFar(trials), [sweep])
  const { axes, lines } = useMemo(() => trialLines(trials, TRIAL_METRICS, front), [trials, front])
  const [brushes, setBrushes] = useBrushes()
  const selected = trials.filter((_, index) => isSelected(lines[index]!, axes, brushes))
  const select = (trial: number) => {
    chosen.value = trial
  }
  if (trials.length === 0) return <EmptyState title="No trial has been submitted yet." />
  const summary = `${formatCount(selected.length)} of ${formatCount(trials.length)} trials are selected.`
  return (
    <>
      <Panel title="Parallel coordinates" controls={<Controls {...{ summary, brushes, setBrushes }} />}>
        <ParallelChart
          title="Trials by field and metric"
          {...{ axes, lines }}
          brushes={brushes}
          format={formatOnAxis}
          onBrush={setBrushes}
        />
        <p class="chart-note">
          Drag along an axis to select a part of it, or move its ends with the arrow keys. Thick lines are on
          the Pareto front.
        </p>
      </Panel>
      <TrialFront trials={selected} front={front} selected={chosen.value} onSelect={select} />
      <TrialTable trials={selected} front={front} selected={chosen.value} />
    </>
  )
}

type Brushes = ReadonlyMap<string, Brush>

/** A drag moves a brush many times; browsers refuse to change the address that often. */
const COMMIT_AFTER_MS = 200

function useBrushes() {
  const [brushes, setBrushes] = useState<Brushes>(stored.value)
  useEffect(() => {
    const timer = setTimeout(() => {
      stored.value = brushes
    }, COMMIT_AFTER_MS)
    return () => clearTimeout(timer)
  }, [brushes])
  // Back and Forward change the address alone.
  const text = brushCodec.write(stored.value)
  useEffect(() => {
    if (text !== brushCodec.write(brushes)) setBrushes(stored.value)
  }, [text])
  return [brushes, setBrushes] as const
}

interface ControlsProps {
  summary: string
  brushes: Brushes
  setBrushes(brushes: Brushes): void
}

function Controls({ summary, brushes, setBrushes }: ControlsProps) {
  return (
    <div class="row small">
      <span class="chart-note" role="status">
        {summary}
      </span>
      <Button disabled={brushes.size === 0} onClick={() => setBrushes(new Map())}>
        Select all
      </Button>
    </div>
  )
}
