import { useSignal } from '@preact/signals'
import type { EpochMetrics, Job } from '@thresher/client'
import { useMemo } from 'preact/hooks'
import { useAxisControls } from '../../charts/axis-controls.tsx'
import { HeatMap } from '../../charts/heat-map.tsx'
import { heatRows } from '../../charts/heat-rows.ts'
import { LineChart } from '../../charts/line-chart.tsx'
import { X_AXES, xsOf } from '../../charts/x-axis.ts'
import { useZoom } from '../../charts/zoom.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { Panel } from '../../components/panel.tsx'
import { useTracks } from './tracks.ts'

interface CurvesProps {
  job: Job
  epochs: readonly EpochMetrics[]
}

/** Loss, accuracy, sparsity, threshold and the sparsity of every layer above each other on one axis. */
export function Curves({ job, epochs }: CurvesProps) {
  const zoom = useZoom()
  const cursor = useSignal<number | null>(null)
  const axis = useAxisControls()
  const tracks = useTracks(epochs, axis.x)
  const x = X_AXES[axis.x]
  // The order of the epochs is not the order of their sparsity, so a map by sparsity would show time twice.
  const mapChoice = axis.x === 'sparsity' ? 'epoch' : axis.x
  const xs = useMemo(() => xsOf(epochs, mapChoice), [epochs, mapChoice])
  const rows = useMemo(() => heatRows(epochs, axis.kernels), [epochs, axis.kernels])
  const whole = useZoom('map.zoom')
  const isShared = axis.x !== 'sparsity'
  const ownCursor = useSignal<number | null>(null)
  if (epochs.length === 0)
    return (
      <Panel title="Curves">
        <EmptyState
          title={job.status === 'queued' ? 'The training has not started.' : 'No epoch has ended yet.'}
        />
      </Panel>
    )
  return (
    <Panel title="Curves" controls={axis.controls(zoom)}>
      <div class="tracks">
        {tracks.map(track => (
          <LineChart
            key={track.name}
            {...track}
            {...{ x, zoom, cursor }}
            smoothing={axis.smoothing}
            layout="track"
          />
        ))}
        <HeatMap
          title="Sparsity by layer"
          name="layers"
          rows={rows}
          xs={xs}
          x={X_AXES[mapChoice]}
          zoom={isShared ? zoom : whole}
          cursor={isShared ? cursor : ownCursor}
        />
      </div>
    </Panel>
  )
}
