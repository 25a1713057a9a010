import type { Job } from '@thresher/client'
import { useId, useState } from 'preact/hooks'
import { ScatterChart } from '../../charts/scatter/scatter-chart.tsx'
import { Button } from '../../components/button.tsx'
import { Panel } from '../../components/panel.tsx'
import { formatCount } from '../../format/numbers.ts'
import { choiceCodec, textCodec } from '../../state/codecs.ts'
import { urlState } from '../../state/url-state.ts'
import { ChoiceButtons } from './choice-buttons.tsx'
import { ModelDetails } from './model-details.tsx'
import type { ModelPoint } from './model-points.ts'
import { describe, type Plotted, plotted, RANGES, X_CHOICES } from './plot-points.ts'
import { pointId } from './point-id.ts'
import { PointTable } from './point-table.tsx'

const x = urlState('x', choiceCodec(X_CHOICES, 'sparsity'))
const range = urlState('range', choiceCodec(RANGES, 'near'))
const selected = urlState('model', textCodec())
const table = urlState('table', choiceCodec(['0', '1'], '0'))

interface TradeoffViewProps {
  models: readonly ModelPoint[]
  jobs: readonly Job[]
}

/** The chart of all models, the selected one with its download, and the table of their figures. */
export function TradeoffView({ models, jobs }: TradeoffViewProps) {
  const summaryId = useId()
  const plot = plotted(models, jobs, { x: x.value, range: range.value })
  const model = models.find(one => pointId(one) === selected.value)
  // On a page that opens with a selected model, the focus stays where the reader expects it.
  const [isChosenHere, setChosenHere] = useState(false)
  const select = (id: string) => {
    selected.value = id
    setChosenHere(true)
  }
  return (
    <div class="chart-beside">
      <Panel title="Models" controls={<Controls />}>
        <figure aria-describedby={summaryId}>
          <ScatterChart
            title="Accuracy against sparsity"
            {...plot}
            selected={selected.value}
            onSelect={select}
          />
          <figcaption id={summaryId} class="chart-note">
            Disc: trained model. Dot: cut of it. Diamond: checkpoint of an earlier epoch.{' '}
            {summaryOf(models, plot)}
          </figcaption>
        </figure>
        {table.value === '1' && <PointTable {...{ models, jobs, front: plot.frontIds, onSelect: select }} />}
      </Panel>
      <ModelDetails
        model={model}
        takesFocus={isChosenHere}
        job={jobs.find(({ id }) => id === model?.jobId)}
        key={selected.value}
      />
    </div>
  )
}

function Controls() {
  const isOpen = table.value === '1'
  return (
    <div class="row small">
      <ChoiceButtons
        label="Horizontal axis"
        state={x}
        choices={{ sparsity: 'Sparsity', bytes: 'Bytes', time: 'Time' }}
      />
      <ChoiceButtons label="Range" state={range} choices={{ near: 'Near the best', all: 'All' }} />
      <Button kind="quiet" pressed={isOpen} onClick={() => (table.value = isOpen ? '0' : '1')}>
        Table
      </Button>
    </div>
  )
}

function summaryOf(
  models: readonly ModelPoint[],
  { points, front, frontIds, left, untimed }: Plotted,
): string {
  const byId = new Map(models.map(model => [pointId(model), model]))
  const [first, last] = [front[0], front.at(-1)].map(point => point && byId.get(point.id))
  const sentences = [
    `${formatCount(points.length)} models, ${formatCount(frontIds.size)} of them on the Pareto front (line).`,
    first &&
      last &&
      first !== last &&
      `Its ends are ${describe(first, false)}, and ${describe(last, false)}.`,
    first && first === last && `It is ${describe(first, false)}.`,
    left > 0 &&
      `${formatCount(left)} models with an accuracy more than 10 points below the best are not shown.`,
    untimed > 0 && `${formatCount(untimed)} models have not been timed and are not shown.`,
  ]
  return sentences.filter(Boolean).join(' ')
}
