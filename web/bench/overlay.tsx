import '../src/styles.css'
import { render } from 'preact'
import { LineChart } from '../src/charts/line-chart.tsx'
import type { Series } from '../src/charts/series.ts'
import { X_AXES } from '../src/charts/x-axis.ts'
import { useZoom } from '../src/charts/zoom.ts'

/** Noisy curves that fall as losses do. Each has its own pace, so with `time` no two share an x. */
function runs(count: number, epochs: number, ownX: boolean): Series[] {
  return Array.from({ length: count }, (_, run) => {
    const pace = ownX ? 1 + run / 97 : 1
    const xs = Float64Array.from({ length: epochs }, (_, epoch) => (epoch + 1) * pace)
    const ys = xs.map(
      (_, epoch) =>
        2.3 * Math.exp(-epoch / (150 + 5 * run)) + 0.05 * Math.sin(epoch * 12.9898 + run * 78.233),
    )
    return { label: `run ${run + 1}`, xs, ys }
  })
}

function Overlay({ ownX }: { ownX: boolean }) {
  const zoom = useZoom()
  return (
    <LineChart
      title="Validation loss"
      name="loss"
      series={SERIES[ownX ? 'time' : 'epoch']}
      x={X_AXES[ownX ? 'time' : 'epoch']}
      formatY={y => y.toFixed(3)}
      zoom={zoom}
    />
  )
}

const SERIES = { epoch: runs(50, 1000, false), time: runs(50, 1000, true) }

render(<Overlay ownX={location.search.includes('time')} />, document.getElementById('root')!)
