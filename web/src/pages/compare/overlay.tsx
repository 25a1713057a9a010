import { useMemo } from 'preact/hooks'
import { useAxisControls } from '../../charts/axis-controls.tsx'
import { LineChart } from '../../charts/line-chart.tsx'
import { metricSeries, X_AXES, xsOf } from '../../charts/x-axis.ts'
import { useZoom } from '../../charts/zoom.ts'
import { Panel } from '../../components/panel.tsx'
import { jobName } from '../../format/job-name.ts'
import { choiceCodec } from '../../state/codecs.ts'
import { urlState } from '../../state/url-state.ts'
import { type ComparedMetric, METRIC_NAMES, METRICS, type MetricName } from './compared-metrics.ts'
import type { Run } from './use-runs.ts'

const metric = urlState('metric', choiceCodec(METRIC_NAMES, 'validationAccuracy'))

/** One metric of every run, as curves over each other. */
export function Overlay({ runs }: { runs: readonly Run[] }) {
  const zoom = useZoom()
  const axis = useAxisControls()
  const present = METRIC_NAMES.filter(name =>
    runs.some(({ epochs }) => epochs.some(epoch => epoch[name] !== undefined)),
  )
  const name = present.includes(metric.value) ? metric.value : (present[0] ?? 'validationLoss')
  const series = useMemo(
    () =>
      runs.map(({ job, epochs }) =>
        metricSeries(epochs, jobName(job), epoch => epoch[name], xsOf(epochs, axis.x)),
      ),
    [runs, name, axis.x],
  )
  const { title, format, formatTick = format, isShare = false }: ComparedMetric = METRICS[name]
  return (
    <Panel
      title="Curves"
      controls={
        <div class="row small">
          <MetricChoice name={name} present={present} />
          {axis.controls(zoom, false)}
        </div>
      }
    >
      <LineChart
        {...{ title, series, zoom, isShare }}
        name="curve"
        x={X_AXES[axis.x]}
        formatY={format}
        formatTick={formatTick}
        smoothing={axis.smoothing}
      />
    </Panel>
  )
}

function MetricChoice({ name, present }: { name: MetricName; present: readonly MetricName[] }) {
  return (
    <label class="inline-field">
      Metric
      <select
        value={name}
        onChange={({ currentTarget }) => {
          metric.value = currentTarget.value as MetricName
        }}
      >
        {present.map(one => (
          <option key={one} value={one}>
            {METRICS[one].title}
          </option>
        ))}
      </select>
    </label>
  )
}
