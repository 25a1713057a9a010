import type { Codec } from '../../state/codecs.ts'
import type { Brush } from './parallel-axis.ts'

/** Brushes by the name of their axis, as `optimizer.mu~0.2~0.75,sparsity~0.5~1`. */
export const brushCodec: Codec<ReadonlyMap<string, Brush>> = {
  read(text) {
    const brushes = (text ?? '').split(',').map(part => {
      const [name = '', from, to] = part.split('~')
      return [name, { from: Number(from), to: Number(to) }] as const
    })
    return new Map(brushes.filter(([name, { from, to }]) => name !== '' && from < to))
  },
  write(brushes) {
    const parts = [...brushes].map(([name, { from, to }]) => [name, round(from), round(to)].join('~'))
    return parts.length > 0 ? parts.join(',') : null
  },
}

function round(position: number): number {
  return Number(position.toFixed(3))
}
