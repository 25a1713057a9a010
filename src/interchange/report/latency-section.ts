import type { Latency, TimedOn } from '#optimization/latency.ts'
import { escapeHtml } from './escape-html.ts'

/** How long predictions of the model of the job take, dense beside sparse. */
export function latencySection({ timings, ...timedOn }: Latency): string {
  const rows = timings.map(({ batchSize, denseMilliseconds, sparseMilliseconds }) =>
    [
      batchSize,
      milliseconds(denseMilliseconds),
      milliseconds(sparseMilliseconds),
      `${(denseMilliseconds / sparseMilliseconds).toFixed(1)} ×`,
    ]
      .map(cell => `<td>${cell}</td>`)
      .join(''),
  )
  return `<h2>Time of predictions</h2>
<p>Predictions of the job's model, dense and sparse with the same runtime on ${machine(timedOn)}; medians of alternating rounds.</p>
<div class="scroll"><table>
<tr><th>examples</th><th>dense, ms</th><th>sparse, ms</th><th>faster</th></tr>
${rows.map(row => `<tr>${row}</tr>`).join('\n')}
</table></div>`
}

export function machine({ processor, backend, threads }: TimedOn): string {
  return escapeHtml(`${threads} thread${threads === 1 ? '' : 's'} of ${processor} (${backend})`)
}

export function milliseconds(value: number): string {
  return value.toPrecision(3)
}
