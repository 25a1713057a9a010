import type { Margins, Shape } from '../graph.ts'

export type Sides = readonly [height: number, width: number]
export type Padding = 'same' | 'valid'

export const NO_MARGINS: Margins = { top: 0, bottom: 0, left: 0, right: 0 }

/** Windows over an image, as nodes of a graph have them. */
export interface Windows {
  size: Sides
  strides: Sides
  margins: Margins
}

/**
 * The windows over an image with TensorFlow's padding, and how many there are along each side. `valid` has no margins; `same` has
 * ceil(length / stride) windows, and margins that are as equal as possible, the odd line at the bottom and on the right.
 */
export function windowsOver(
  [height, width]: Shape,
  { size, strides, padding }: { size: Sides; strides: Sides; padding: Padding },
): { windows: Windows; counts: Sides } {
  const down = along(height!, size[0], strides[0], padding)
  const right = along(width!, size[1], strides[1], padding)
  const margins = { top: down.before, bottom: down.after, left: right.before, right: right.after }
  return { windows: { size, strides, margins }, counts: [down.count, right.count] }
}

function along(length: number, size: number, stride: number, padding: Padding) {
  if (padding === 'valid') return { count: Math.floor((length - size) / stride) + 1, before: 0, after: 0 }
  const count = Math.ceil(length / stride)
  const total = Math.max((count - 1) * stride + size - length, 0)
  const before = Math.floor(total / 2)
  return { count, before, after: total - before }
}
