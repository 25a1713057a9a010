import { z } from 'zod'
import { ACTIVATIONS } from '#network/activation.ts'
import { plainInitializer } from '#network/initializer-schema.ts'

// Options that several layers share.

export const size = z.int().min(1).max(1_000_000)
/** The size of a window over images, or its strides: one number for both directions, or [height, width]. */
export const extent = z.union([size, z.tuple([size, size]).readonly()])
const lines = z.int().min(0).max(1_000_000)
const sides = z.tuple([lines, lines]).readonly()
/** Rows and columns at the sides of an image: one number for all four sides, or [[top, bottom], [left, right]]. */
export const margins = z.union([lines, z.tuple([sides, sides]).readonly()])
/** `same` keeps the size at a stride of 1, with TensorFlow's padding; `valid` uses only the windows that are within the input. */
export const padding = z.enum(['valid', 'same'])
export const activation = z.enum(ACTIVATIONS)
export const epsilon = z.number().positive()
/** One number for all channels, or one per channel of the last axis. */
export const perChannel = z.union([z.number(), z.array(z.number()).min(1).max(100_000).readonly()])

/** Options of a layer with a kernel; without `biasInitializer` it has no bias. */
export const withKernel = {
  activation,
  kernelInitializer: plainInitializer,
  biasInitializer: plainInitializer.exactOptional(),
}

export type Extent = z.output<typeof extent>
export type Margins = z.output<typeof margins>
export type Padding = z.output<typeof padding>
export type PerChannel = z.output<typeof perChannel>
