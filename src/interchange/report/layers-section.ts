import type { LayersResult } from '#analyses/layers.ts'
import { escapeHtml } from './escape-html.ts'
import { htmlTable } from './html-table.ts'

const percent = (share: number) => `${(100 * share).toFixed(2)} %`

/** The part of a report about the sparsity of its layers, beside those of other jobs. */
export function layersSection({ models, layers }: LayersResult): string {
  const total = layers.reduce((sum, { size }) => sum + size, 0)
  const rows = layers.map(({ layer, size, nonzero }) => [
    escapeHtml(layer),
    size.toLocaleString('en'),
    ...nonzero.map(count => percent((size - count) / size)),
  ])
  const sums = ['all', total.toLocaleString('en'), ...models.map(({ sparsity }) => percent(sparsity))]
  const names = models.map(({ jobId, epoch }) => `${escapeHtml(jobId)}, epoch ${epoch}`)
  return ['<h2>Zeros by layer</h2>', htmlTable(['layer', 'weights', ...names], [...rows, sums])].join('\n')
}
