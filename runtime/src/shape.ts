import type { Shape } from './graph.ts'

export function elementCount(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1)
}

export function isSameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis])
}
