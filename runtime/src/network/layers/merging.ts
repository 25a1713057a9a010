import { isSameShape } from '../../shape.ts'
import type { BuildLayer } from '../layer.ts'

/** Axes of length 1 are repeated to the length of the others. */
const elementwise =
  (op: 'add' | 'multiply' | 'average'): BuildLayer =>
  layer => {
    const { shapes } = layer
    const shape = shapes[0]!.map((_, axis) => Math.max(...shapes.map(shape => shape[axis] ?? 0)))
    const fits = shapes.every(
      other =>
        other.length === shape.length && other.every((length, axis) => [1, shape[axis]].includes(length)),
    )
    if (!fits) layer.refuse(`takes inputs of one shape, not [${shapes.join('] and [')}]`)
    return layer.add({ op, shape, activation: { name: 'linear' } })
  }

export const MERGING_LAYERS: Readonly<Record<string, BuildLayer>> = {
  add: elementwise('add'),
  multiply: elementwise('multiply'),
  average: elementwise('average'),

  /** Along the last axis. */
  concatenate(layer) {
    const { shapes } = layer
    const leading = shapes[0]!.slice(0, -1)
    if (!shapes.every(shape => isSameShape(shape.slice(0, -1), leading)))
      layer.refuse(`takes inputs that differ in the last axis only, not [${shapes.join('] and [')}]`)
    const width = shapes.reduce((sum, shape) => sum + shape.at(-1)!, 0)
    return layer.add({ op: 'concatenation', shape: [...leading, width] })
  },
}
