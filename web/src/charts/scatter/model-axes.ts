import { formatNumber, formatPercent } from '../../format/numbers.ts'
import type { ScatterAxis } from './scatter-point.ts'

export const SPARSITY_AXIS: ScatterAxis = {
  ...{ label: 'sparsity (share of zeros)', format: shareTick, scale: 'nines', better: 'more' },
}

/** Without digits that say nothing: 95 %, 99.5 %. */
function shareTick(share: number): string {
  return `${Number((100 * share).toPrecision(6))} %`
}

export const ACCURACY_AXIS: ScatterAxis = {
  label: 'validation accuracy',
  format: share => formatPercent(share, 1),
}
export const LOSS_AXIS: ScatterAxis = { label: 'validation loss', format: formatNumber }
