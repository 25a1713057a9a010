import type { CONVOLUTION_LAYERS } from '#network/layers/convolution.ts'
import { convolutionAlongSteps } from '#workers/layers/along-steps.ts'
import { convolution } from '#workers/layers/convolution.ts'
import { depthwiseConvolution, separableConvolution } from '#workers/layers/depthwise-convolution.ts'
import { transposedConvolution } from '#workers/layers/transposed-convolution.ts'
import type { LayerBuilders } from './layer-builder.ts'

export const CONVOLUTION_BUILDERS: LayerBuilders<keyof typeof CONVOLUTION_LAYERS> = {
  conv2d: ({ layer }, _, skipsZeros) => convolution(layer, { skipsZeros }),
  depthwiseConv2d: ({ layer }) => depthwiseConvolution(layer),
  separableConv2d: ({ layer }) => separableConvolution(layer),
  conv2dTranspose: ({ layer, outputShape }) => transposedConvolution(layer, outputShape),
  conv1d: ({ layer }) => convolutionAlongSteps(layer),
}
