import type { Extent, Margins, Padding } from './layers/options.ts'

/** Axis lengths of a tensor, without the batch axis: images are [height, width, channels], sequences [time, features]. */
export type Shape = readonly number[]

/** The name under which layers take the network's input. */
export const NETWORK_INPUT = 'input'

export function elementCount(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1)
}

/** An extent as height and width. */
export function sidesOf(extent: Extent): readonly [height: number, width: number] {
  return typeof extent === 'number' ? [extent, extent] : extent
}

/** Margins by side: [[top, bottom], [left, right]]. */
export function marginsOf(margins: Margins): Exclude<Margins, number> {
  const both = [margins, margins] as [number, number]
  return typeof margins === 'number' ? [both, both] : margins
}

/** Height and width of the output of windows over an image. */
export function outputSides(
  image: Shape,
  size: Extent,
  strides: Extent = 1,
  padding: Padding = 'valid',
): number[] {
  const [sizes, steps] = [sidesOf(size), sidesOf(strides)]
  return sizes.map((length, axis) => countWindows(image[axis]!, length, steps[axis]!, padding))
}

/** How many windows of a size there are along an axis. */
export function countWindows(length: number, size: number, stride = 1, padding: Padding = 'valid'): number {
  return padding === 'same' ? Math.ceil(length / stride) : Math.floor((length - size) / stride) + 1
}
