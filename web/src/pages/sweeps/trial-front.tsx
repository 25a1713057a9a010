import type { Trial } from '@thresher/client'
import { ACCURACY_AXIS, LOSS_AXIS, SPARSITY_AXIS } from '../../charts/scatter/model-axes.ts'
import { ScatterChart } from '../../charts/scatter/scatter-chart.tsx'
import type { ScatterPoint } from '../../charts/scatter/scatter-point.ts'
import { Panel } from '../../components/panel.tsx'
import { formatNumber, formatPercent } from '../../format/numbers.ts'
import { linkTo } from '../../state/location.ts'
import { formatOnAxis } from './format-on-axis.ts'
import { haveAccuracy } from './front-so-far.ts'
import { plainValue } from './trial-lines.ts'

interface TrialFrontProps {
  trials: readonly Trial[]
  front: readonly number[]
  selected: number
  onSelect(trial: number): void
}

/** Accuracy against sparsity of the trials, or loss where there is no accuracy. */
export function TrialFront({ trials, front, selected, onSelect }: TrialFrontProps) {
  const measured = trials.filter(({ metrics }) => metrics?.sparsity !== undefined)
  const hasAccuracy = haveAccuracy(trials)
  const points = measured.map(trial => toPoint(trial, hasAccuracy))
  const drawn = points.filter(({ id }) => front.includes(Number(id))).sort((a, b) => a.x - b.x)
  const trial = trials.find(({ id }) => id === selected)
  return (
    <Panel title="Pareto front">
      <ScatterChart
        title="Trials by sparsity and quality"
        points={points}
        x={SPARSITY_AXIS}
        y={hasAccuracy ? ACCURACY_AXIS : LOSS_AXIS}
        front={drawn}
        selected={trial && String(trial.id)}
        onSelect={id => onSelect(Number(id))}
      />
      <p class="chart-note">
        {points.length} trials with figures. On the front:{' '}
        {drawn.map(({ id }) => `#${id}`).join(', ') || 'none of them'}.
      </p>
      {trial && <ChosenTrial trial={trial} />}
    </Panel>
  )
}

function ChosenTrial({ trial: { id, values, jobIds } }: { trial: Trial }) {
  const job = jobIds.at(-1)
  const words = Object.entries(values).map(
    ([name, value]) => `${name} ${formatOnAxis({ name }, plainValue(value)!)}`,
  )
  return (
    <p role="status">
      Trial #{id}: {words.join(', ')}. {job && <a href={linkTo(`/jobs/${job}`)}>Its job</a>}
      {job && ' · '}
      {job && <a href={linkTo('/tradeoff', { jobs: job })}>Its models</a>}
    </p>
  )
}

function toPoint(trial: Trial, hasAccuracy: boolean): ScatterPoint {
  const { sparsity = 0, validationAccuracy, validationLoss = Number.NaN } = trial.metrics ?? {}
  const quality = hasAccuracy
    ? `${formatPercent(validationAccuracy)} accuracy`
    : `loss ${formatNumber(validationLoss)}`
  return {
    ...{ id: String(trial.id), x: sparsity, y: hasAccuracy ? validationAccuracy! : validationLoss, group: 0 },
    label: `Trial ${trial.id}: ${quality} at ${formatPercent(sparsity)} zeros`,
    mark: trial.kind === 'trial' ? 'dot' : 'diamond',
  }
}
