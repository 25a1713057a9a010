import type { FloatTensor } from '#formats/named-tensor.ts'

// A point of the loss surface is a list of tensors in model order. Sums over all weights are in float64.

export type Point = readonly FloatTensor[]

/** sum_i factor_i point_i, each weight rounded once. */
export function combine(points: readonly Point[], factors: readonly number[]): FloatTensor[] {
  return points[0]!.map((tensor, variable) => ({
    ...tensor,
    data: tensor.data.map((_, index) =>
      points.reduce((sum, point, which) => sum + factors[which]! * point[variable]!.data[index]!, 0),
    ),
  }))
}

export function dot(a: Point, b: Point): number {
  let sum = 0
  for (const [variable, { data }] of a.entries()) {
    const other = b[variable]!.data
    for (let index = 0; index < data.length; index++) sum += data[index]! * other[index]!
  }
  return sum
}

export function norm(point: Point): number {
  return Math.sqrt(dot(point, point))
}

export function distance(a: Point, b: Point): number {
  return norm(combine([a, b], [1, -1]))
}
