import type { GraphNode } from '../../graph.ts'

export type Affine = GraphNode & { op: 'affine' }

/** The numbers of an affine node for a channel. */
export function affineAt({ shift, scale, offset }: Affine, channel: number) {
  return {
    shift: shift[channel % shift.length]!,
    scale: scale[channel % scale.length]!,
    offset: offset[channel % offset.length]!,
  }
}

/** The number of channels after which its numbers repeat. */
export function periodOf({ shift, scale, offset }: Affine): number {
  return Math.max(shift.length, scale.length, offset.length)
}
