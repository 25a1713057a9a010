import type { Shape } from '../graph.ts'

/** Height, width and channels of a value: a sequence is an image of height 1, a vector one of height and width 1. */
export interface Size {
  height: number
  width: number
  channels: number
}

/** A value in the arena, as `kernels/planes.h` explains. */
export interface Planes extends Size {
  /** The address of the first element, relative to the buffers of the plan. */
  at: number
  images: number
  rowPitch: number
  imagePitch: number
  channelPitch: number
}

/** What values that a product reads and writes have in common. */
export interface Pitches {
  rowPitch: number
  imagePitch: number
}

/** Floats in a cache line. */
export const LINE = 16

export const roundUp = (n: number, multiple: number) => Math.ceil(n / multiple) * multiple

/** @param shape [height, width, channels], [steps, channels] or [channels] */
export function sizeOf(shape: Shape): Size {
  const [channels = 1, width = 1, height = 1, ...more] = shape.toReversed()
  if (more.length > 0)
    throw new Error(`A value has the shape [${shape}]: the runtime computes with at most 3 axes.`)
  return { height, width, channels }
}

/** The number of positions from the first element of a channel to its last. */
export const positionsOf = ({ images, height, width, imagePitch, rowPitch }: Planes) =>
  (images - 1) * imagePitch + (height - 1) * rowPitch + width

/**
 * The floats from one channel to the next. A store of the last vector may exceed the positions; an odd number of cache lines keeps the
 * channels of a column from sharing the sets of a cache.
 */
export function channelPitchOf(positions: number, lanes: number): number {
  if (positions === 1) return 1
  if (positions <= LINE) return roundUp(positions, lanes)
  const lines = Math.ceil(positions / LINE)
  return (lines % 2 === 0 ? lines + 1 : lines) * LINE
}
