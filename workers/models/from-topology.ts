import type { NamedTensorMap, Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import type { Layer as LayerSpec, Topology } from '#domain/model-spec.ts'
import { convolution } from './convolution.ts'
import { dense } from './dense.ts'
import { flatten } from './flatten.ts'
import type { Layer } from './layer.ts'
import { maxPooling } from './max-pooling.ts'

/** A network as a function of its variables and a batch [batch, ...inputShape]. */
export type Model = (
  params: NamedTensorMap,
  x: Tensor,
) => {
  /** [batch, classes] */
  logits: Tensor2D
  /** Takes the loss's gradient at the logits to those at the variables. */
  pullback(dLogits: Tensor): NamedTensorMap
}

export function modelFromTopology(topology: Topology): Model {
  const layers = topology.layers.map(layerFromSpec)
  const firstTrained = topology.layers.findIndex(({ type }) => type === 'dense' || type === 'conv2d')
  return (params, x) => {
    let y = x
    const passes = layers.map(layer => {
      const forward = layer(params, y)
      y = forward.y
      return forward
    })
    return {
      logits: y as Tensor2D,
      pullback(dLogits) {
        const gradients: NamedTensorMap = {}
        let dy = dLogits
        for (let i = passes.length - 1; i >= firstTrained; i--) {
          const back = passes[i]!.pullback(dy)
          Object.assign(gradients, back.gradients)
          if (i > firstTrained) dy = back.dx()
        }
        return gradients
      },
    }
  }
}

function layerFromSpec(layer: LayerSpec): Layer {
  switch (layer.type) {
    case 'dense':
      return dense(layer)
    case 'conv2d':
      return convolution(layer)
    case 'maxPooling2d':
      return maxPooling(layer)
    case 'flatten':
      return flatten
  }
}
