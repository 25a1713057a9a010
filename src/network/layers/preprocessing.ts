import { meanAndVariance } from '#network/variable.ts'
import { anyInput } from './input-check.ts'
import { defineLayer, keepsOutput, type LayerPlace, WITHOUT_VARIABLES } from './layer-definition.ts'
import { perChannel } from './options.ts'

const shared = {
  ...WITHOUT_VARIABLES,
  inputs: anyInput,
  keptActivations: keepsOutput,
  elements: 'inPlace',
  scalesExamples: true,
} as const

export const PREPROCESSING_LAYERS = {
  /** scale x + offset. */
  rescaling: defineLayer({
    ...shared,
    schema: { scale: perChannel, offset: perChannel },
    outputShape: (_, [input]) => input!,
    optionsMistake: place => channelsMistake(place, ['scale', 'offset']),
  }),
  /**
   * (x - mean) / max(sqrt(variance), 1e-7), by the last axis. `mean` and `variance` are given together. Without them, both are statistics:
   * Keras's adapt() sets them, and a weights file contains them.
   */
  normalization: defineLayer({
    ...shared,
    schema: { mean: perChannel.exactOptional(), variance: perChannel.exactOptional() },
    outputShape: (_, [input]) => input!,
    optionsMistake: place => channelsMistake(place, ['mean', 'variance']),
    statistics: ({ layer: { name, mean }, outputShape }) =>
      mean === undefined ? meanAndVariance(name, ['mean', 'variance'], outputShape.at(-1)!) : [],
  }),
}

/** A list has one number per channel, or one number for all. */
function channelsMistake<Option extends string>(
  { layer, inputShape }: LayerPlace<{ [Name in Option]?: unknown }>,
  options: readonly Option[],
): string | undefined {
  const channels = inputShape.at(-1)!
  for (const option of options) {
    const values = layer[option]
    if (!Array.isArray(values) || [1, channels].includes(values.length)) continue
    return `has a list of ${values.length} numbers as ${option}, but takes ${channels} channels`
  }
  return undefined
}
