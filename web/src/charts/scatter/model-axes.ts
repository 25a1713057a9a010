import { formatNumber, formatShare } from '../../format/numbers.ts'
import type { ScatterAxis } from './scatter-point.ts'

export const SPARSITY_AXIS: ScatterAxis = {
  ...{ label: 'sparsity (share of zeros)', format: formatShare, scale: 'nines', better: 'more' },
}

export const ACCURACY_AXIS: ScatterAxis = { label: 'validation accuracy', format: formatShare, isShare: true }
export const LOSS_AXIS: ScatterAxis = { label: 'validation loss', format: formatNumber }
