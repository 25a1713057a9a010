import { z } from 'zod'
import { meanAndVariance, type Variable } from '#network/variable.ts'
import { anyInput, featureInput } from './input-check.ts'
import { defineLayer, keepsOutput } from './layer-definition.ts'
import { epsilon } from './options.ts'

const shared = { flops: () => [], keptActivations: keepsOutput, elements: 'inPlace' } as const

export const NORMALIZATION_LAYERS = {
  /**
   * Momentum in Keras's sense: moving <- momentum moving + (1 - momentum) batch. With `scale: false` there is no gamma, with
   * `center: false` no beta.
   */
  batchNormalization: defineLayer({
    ...shared,
    schema: {
      momentum: z.number().min(0).max(1),
      epsilon,
      scale: z.literal(false).exactOptional(),
      center: z.literal(false).exactOptional(),
    },
    inputs: anyInput,
    outputShape: (_, [input]) => input!,
    variables: ({ layer: { name, scale = true, center = true }, inputShape }) => [
      ...(scale ? [gamma(name, inputShape.at(-1)!)] : []),
      ...(center ? [beta(name, inputShape.at(-1)!)] : []),
    ],
    statistics: ({ layer, outputShape }) =>
      meanAndVariance(layer.name, ['movingMean', 'movingVariance'], outputShape.at(-1)!),
  }),
  /** Over the last axis (Ba, Kiros and Hinton 2016). */
  layerNormalization: defineLayer({
    ...shared,
    schema: { epsilon },
    inputs: featureInput,
    outputShape: (_, [input]) => input!,
    variables: ({ layer: { name }, inputShape }) => [
      gamma(name, inputShape.at(-1)!),
      beta(name, inputShape.at(-1)!),
    ],
    statistics: () => [],
  }),
}

function gamma(layer: string, channels: number): Variable {
  return {
    name: `${layer}/gamma`,
    kind: 'gamma',
    shape: [channels],
    size: channels,
    initializer: 'ones',
    fanIn: channels,
    fanOut: channels,
  }
}

function beta(layer: string, channels: number): Variable {
  return { ...gamma(layer, channels), name: `${layer}/beta`, kind: 'beta', initializer: 'zeros' }
}
