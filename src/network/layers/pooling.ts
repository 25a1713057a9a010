import { z } from 'zod'
import { countWindows, outputSides, type Shape } from '#network/shape.ts'
import { type InputCheck, imageInput, sequenceInput } from './input-check.ts'
import { defineLayer, keepsOutput, WITHOUT_VARIABLES } from './layer-definition.ts'
import { extent, padding, size } from './options.ts'

const shared = { ...WITHOUT_VARIABLES, keptActivations: keepsOutput, elements: 'mixed' } as const

/** Strides are poolSize by default. */
const pooling2d = defineLayer({
  ...shared,
  schema: { poolSize: extent, strides: extent.exactOptional(), padding: padding.exactOptional() },
  inputs: imageInput,
  outputShape: ({ poolSize, strides = poolSize, padding }, [input]) => [
    ...outputSides(input!, poolSize, strides, padding),
    input![2]!,
  ],
})

const pooling1d = defineLayer({
  ...shared,
  schema: { poolSize: size, strides: size.exactOptional(), padding: padding.exactOptional() },
  inputs: sequenceInput,
  outputShape: ({ poolSize, strides = poolSize, padding }, [input]) => [
    countWindows(input![0]!, poolSize, strides, padding),
    input![1]!,
  ],
})

/** Over the whole example. With `keepDims` the pooled axes remain, with length 1. */
const globalPooling = (inputs: InputCheck) =>
  defineLayer({
    ...shared,
    schema: { keepDims: z.literal(true).exactOptional() },
    inputs,
    outputShape: ({ keepDims }, [input]) => (keepDims ? withOnes(input!) : input!.slice(-1)),
  })

export const POOLING_LAYERS = {
  maxPooling2d: pooling2d,
  /** The mean of the elements within the image: padding does not count. */
  averagePooling2d: pooling2d,
  maxPooling1d: pooling1d,
  averagePooling1d: pooling1d,
  globalAveragePooling2d: globalPooling(imageInput),
  globalMaxPooling2d: globalPooling(imageInput),
  globalAveragePooling1d: globalPooling(sequenceInput),
  globalMaxPooling1d: globalPooling(sequenceInput),
}

function withOnes(input: Shape): Shape {
  return [...input.slice(0, -1).fill(1), input.at(-1)!]
}
