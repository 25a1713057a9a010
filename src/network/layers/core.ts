import { plainInitializer } from '#network/initializer-schema.ts'
import { elementCount } from '#network/shape.ts'
import { kernelVariable, withBias } from '#network/variable.ts'
import { featureInput, tokenInput } from './input-check.ts'
import { defineLayer, keepsOutput, WITHOUT_VARIABLES } from './layer-definition.ts'
import { size, withKernel } from './options.ts'

export const CORE_LAYERS = {
  /** The kernel is [in, out]. */
  dense: defineLayer({
    schema: { units: size, ...withKernel },
    inputs: featureInput,
    outputShape: ({ units }, [input]) => [...input!.slice(0, -1), units],
    variables({ layer, inputShape }) {
      const shape = [inputShape.at(-1)!, layer.units]
      return withBias(
        layer,
        [kernelVariable(layer.name, 'kernel', shape, layer.kernelInitializer)],
        layer.units,
      )
    },
    statistics: () => [],
    flops: ({ inputShape, outputShape }) => [2 * inputShape.at(-1)! * elementCount(outputShape)],
    keptActivations: keepsOutput,
    elements: 'mixed',
  }),
  /** A row of numbers for each token. Tokens are integers from 0 to inputDim - 1. */
  embedding: defineLayer({
    ...WITHOUT_VARIABLES,
    schema: { inputDim: size, outputDim: size, embeddingsInitializer: plainInitializer },
    inputs: tokenInput,
    outputShape: ({ outputDim }, [input]) => [...input!, outputDim],
    variables: ({ layer: { name, inputDim, outputDim, embeddingsInitializer } }) => [
      kernelVariable(name, 'embeddings', [inputDim, outputDim], embeddingsInitializer),
    ],
    keptActivations: keepsOutput,
    elements: 'mixed',
  }),
}
