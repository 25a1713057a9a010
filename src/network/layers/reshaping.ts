import { z } from 'zod'
import { elementCount, marginsOf, type Shape, sidesOf } from '#network/shape.ts'
import { anyInput, imageInput, vectorInput } from './input-check.ts'
import { defineLayer, keepsNothing, keepsOutput, WITHOUT_VARIABLES } from './layer-definition.ts'
import { extent, margins, size } from './options.ts'

const shared = { ...WITHOUT_VARIABLES, elements: 'moved' } as const

export const RESHAPING_LAYERS = {
  /** Adds rows and columns of zeros to an image. */
  zeroPadding2d: defineLayer({
    ...shared,
    schema: { padding: margins },
    inputs: imageInput,
    outputShape: ({ padding }, [input]) => [
      ...marginsOf(padding).map(([before, after], axis) => input![axis]! + before + after),
      input![2]!,
    ],
    keptActivations: keepsNothing,
  }),
  /** Removes rows and columns from an image. */
  cropping2d: defineLayer({
    ...shared,
    schema: { cropping: margins },
    inputs: imageInput,
    outputShape: ({ cropping }, [input]) => [
      ...marginsOf(cropping).map(([before, after], axis) => input![axis]! - before - after),
      input![2]!,
    ],
    keptActivations: keepsOutput,
  }),
  /** Repeats each pixel along both sides. */
  upSampling2d: defineLayer({
    ...shared,
    schema: { size: extent },
    inputs: imageInput,
    outputShape: ({ size }, [input]) => [
      ...sidesOf(size).map((times, axis) => input![axis]! * times),
      input![2]!,
    ],
    keptActivations: keepsOutput,
  }),
  /** The same vector at each of `times` steps: [features] becomes [times, features]. */
  repeatVector: defineLayer({
    ...shared,
    schema: { times: size },
    inputs: vectorInput,
    outputShape: ({ times }, [input]) => [times, ...input!],
    keptActivations: keepsOutput,
  }),
  /** The same elements in row-major order. One length may be -1: it is inferred from the others. */
  reshape: defineLayer({
    ...shared,
    schema: {
      shape: z
        .array(z.union([z.literal(-1), size]))
        .min(1)
        .max(8)
        .refine(shape => shape.filter(length => length === -1).length <= 1, 'must have one -1 at most')
        .readonly(),
    },
    inputs: anyInput,
    outputShape: (layer, [input]) => reshaped(layer, elementCount(input!)),
    keptActivations: keepsOutput,
  }),
  flatten: defineLayer({
    ...shared,
    schema: {},
    inputs: anyInput,
    outputShape: (_, [input]) => [elementCount(input!)],
    keptActivations: keepsNothing,
  }),
}

function reshaped({ name, shape }: { name: string; shape: Shape }, count: number): Shape {
  const known = elementCount(shape.filter(length => length !== -1))
  const lengths = shape.map(length => (length === -1 ? count / known : length))
  if (elementCount(lengths) !== count || !lengths.every(Number.isInteger))
    throw new Error(`${name} reshapes ${count} elements to [${shape}]`)
  return lengths
}
