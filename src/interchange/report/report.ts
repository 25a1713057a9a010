import type { ReportedResults } from '#analyses/reported-results.ts'
import { restoresBest } from '#domain/early-stopping.ts'
import { modelName } from '#domain/topology-of.ts'
import type { TrainingSpec } from '#domain/training-spec.ts'
import type { EpochMetrics } from '#optimization/epoch-metrics.ts'
import type { Latency } from '#optimization/latency.ts'
import type { Tradeoff } from '#optimization/tradeoff.ts'
import { analysisSections } from './analysis-sections.ts'
import { bestEpoch } from './best-epoch.ts'
import { escapeHtml } from './escape-html.ts'
import { latencySection } from './latency-section.ts'
import { linePlot } from './line-plot.ts'
import { tradeoffSection } from './tradeoff-section.ts'

const percent = (share: number) => `${(100 * share).toFixed(2)} %`

/** What was measured on the model after its training. */
interface Measurements {
  analyses?: ReportedResults | undefined
  tradeoff?: Tradeoff | undefined
  latency?: Latency | undefined
}

/** A self-contained page with curves, layers, the measurements that there are, the spec, and a command that repeats the training. */
export function renderReport(
  spec: TrainingSpec,
  series: readonly EpochMetrics[],
  measurements: Measurements = {},
): string {
  const model = modelMetrics(spec, series)
  const title = `${modelName(spec.model)}, ${spec.optimizer.name}`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${model ? `${summary(model, series)}\n${charts(series)}\n${layers(model, series)}` : '<p>No epoch was completed.</p>'}${measured(measurements)}
<h2>Spec</h2>
<pre>${escapeHtml(JSON.stringify(spec, null, 2))}</pre>
<h2>To repeat it</h2>
<p>The same spec and data give the same weights, bit for bit on the same processor, engine and thread count.</p>
<p>Download <code>spec.json</code> of the same job, set <code>URL</code> to the address of the service and, if it has keys,
<code>THRESHER_KEY</code> to a key with the scope <code>submit</code>, and run:</p>
<pre id="repeat">${escapeHtml(COMMAND)}</pre>
</main>
</body>
</html>
`
}

function measured({ analyses = {}, tradeoff, latency }: Measurements): string {
  const sections = [
    latency && latencySection(latency),
    ...analysisSections(analyses),
    tradeoff && tradeoffSection(tradeoff),
  ]
  return sections.map(section => (section ? `\n${section}` : '')).join('')
}

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { margin: 0 }
main { max-width: 48rem; margin: 0 auto; padding: 1rem }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { padding: .25rem .5rem; border-bottom: 1px solid #8884; text-align: right }
th:first-child, td:first-child { text-align: left }
pre { overflow-x: auto; padding: .75rem; border: 1px solid #8884; border-radius: .5rem }
svg { width: 100%; height: auto }
.scroll { overflow-x: auto }`

/** The metrics of the epoch that the model of the job is of. */
function modelMetrics(spec: TrainingSpec, series: readonly EpochMetrics[]): EpochMetrics | undefined {
  const best = restoresBest(spec) ? bestEpoch(series, spec) : undefined
  return series.find(({ epoch }) => epoch === best?.epoch) ?? series.at(-1)
}

function summary(model: EpochMetrics, series: readonly EpochMetrics[]): string {
  const trained = series.at(-1)!.epoch
  const chosen = trained > model.epoch ? `, the best of the ${trained} trained` : ''
  return `<p>After epoch ${model.epoch} of ${model.epochs}${chosen}: ${answers(model)}, <b>${percent(
    model.sparsity,
  )}</b> of all weights exactly zero, ${model.sparseBytes.toLocaleString('en')} bytes instead of ${model.denseBytes.toLocaleString('en')}.</p>`
}

function answers({ validationAccuracy, validationLoss }: EpochMetrics): string {
  if (validationAccuracy === undefined) return `validation loss <b>${validationLoss.toPrecision(4)}</b>`
  return `validation accuracy <b>${percent(validationAccuracy)}</b>`
}

function charts(series: readonly EpochMetrics[]): string {
  const curve = (read: (metrics: EpochMetrics) => number) =>
    series.map(metrics => [metrics.epoch, read(metrics)] as const)
  const accuracy = linePlot(
    'Accuracy',
    'epoch',
    [
      { name: 'training', points: curve(({ trainAccuracy }) => trainAccuracy ?? 0) },
      { name: 'validation', points: curve(({ validationAccuracy }) => validationAccuracy ?? 0) },
    ],
    'least',
  )
  return [
    ...(series[0]?.validationAccuracy === undefined ? [] : [accuracy]),
    linePlot('Loss', 'epoch', [
      { name: 'training', points: curve(({ trainLoss }) => trainLoss) },
      { name: 'validation', points: curve(({ validationLoss }) => validationLoss) },
    ]),
    linePlot('Share of weights that are not zero', 'epoch', [
      { name: 'all', points: curve(({ sparsity }) => 1 - sparsity) },
      { name: 'kernels', points: curve(({ weightSparsity }) => 1 - weightSparsity) },
    ]),
  ].join('\n')
}

function layers({ layers: rows }: EpochMetrics, series: readonly EpochMetrics[]): string {
  const cells = rows.map(
    ({ name, shape, size, nonzero }) =>
      `<tr><td>${escapeHtml(name)}</td><td>${shape.join(' × ')}</td><td>${size.toLocaleString('en')}</td><td>${nonzero.toLocaleString(
        'en',
      )}</td><td>${percent(1 - nonzero / size)}</td></tr>`,
  )
  return `<h2>Layers</h2>
<div class="scroll"><table>
<tr><th>variable</th><th>shape</th><th>weights</th><th>not zero</th><th>zero</th></tr>
${cells.join('\n')}
</table></div>${zeroSkipping(series)}`
}

/** The first epoch in which each kernel's products left out its zeros. */
function zeroSkipping(series: readonly EpochMetrics[]): string {
  const since = new Map<string, number>()
  for (const { epoch, layers: rows } of series) {
    for (const { name, skipsZeros } of rows) if (skipsZeros && !since.has(name)) since.set(name, epoch)
  }
  if (since.size === 0) return ''
  const kernels = [...since].map(([name, epoch]) => `${escapeHtml(name)} from epoch ${epoch} on`)
  return `\n<p>Sparse kernels were multiplied without their zeros: ${kernels.join(', ')}.</p>`
}

/**
 * The command assumes the artifact spec.json in the current folder, the service's address in URL and, if the service has keys, one in
 * THRESHER_KEY. Without it, the header is empty, and curl sends none; no shell splits the text in quotes.
 */
const COMMAND = [
  `curl -s "$URL/v1/jobs" -H 'content-type: application/json'`,
  `-H "\${THRESHER_KEY:+Authorization: Bearer $THRESHER_KEY}" -d @spec.json`,
].join(' ')
