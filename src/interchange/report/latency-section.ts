import type { Latency, TimedOn } from '#optimization/latency.ts'
import { escapeHtml } from './escape-html.ts'
import { htmlTable } from './html-table.ts'

/** How long predictions of the model of the job take, dense beside sparse. */
export function latencySection({ timings, ...timedOn }: Latency): string {
  const rows = timings.map(({ batchSize, denseMilliseconds, sparseMilliseconds }) => [
    String(batchSize),
    milliseconds(denseMilliseconds),
    milliseconds(sparseMilliseconds),
    `${(denseMilliseconds / sparseMilliseconds).toFixed(1)} ×`,
  ])
  return `<h2>Time of predictions</h2>
<p>Predictions of the job's model, dense and sparse with the same runtime, on ${machine(timedOn)}; medians of alternating rounds.</p>
${htmlTable(['examples', 'dense, ms', 'sparse, ms', 'ratio'], rows)}`
}

export function machine({ processor, backend, threads }: TimedOn): string {
  return escapeHtml(`${threads} thread${threads === 1 ? '' : 's'} of ${processor} (${backend})`)
}

export function milliseconds(value: number): string {
  return value.toPrecision(3)
}
