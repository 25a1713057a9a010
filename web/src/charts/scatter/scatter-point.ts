import type { ScaleKind } from './axis-scale.ts'

/** A point of a scatter chart. */
export interface ScatterPoint {
  id: string
  x: number
  y: number
  /** Read to those who do not see the chart. */
  label: string
  /** Index of the colour. */
  group: number
  mark: 'dot' | 'disc' | 'diamond'
  /** The lines that the point is on. Points of one line are connected in their order. */
  lines?: readonly string[]
}

export interface ScatterAxis {
  label: string
  format(value: number): string
  scale?: ScaleKind
  /** Whether the values are shares: the axis ends at 0 and at 100 %. */
  isShare?: boolean
  /** Of the x axis: which of two models with the same y is better. */
  better?: 'more' | 'less'
}
