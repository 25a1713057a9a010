import type { NORMALIZATION_LAYERS } from '#network/layers/normalization.ts'
import { alongSteps, chain, type OnnxWriters } from './onnx-writer.ts'

export const NORMALIZATION_WRITERS: OnnxWriters<keyof typeof NORMALIZATION_LAYERS> = {
  batchNormalization: chain(({ layer, inputShape }) => {
    const { name } = layer
    const others = [
      layer.scale === false ? valuesOf(inputShape.at(-1)!, 1) : `${name}.weight`,
      layer.center === false ? valuesOf(inputShape.at(-1)!, 0) : `${name}.bias`,
      `${name}.running_mean`,
      `${name}.running_var`,
    ]
    const step = { op: 'BatchNormalization', attributes: { epsilon: { float: layer.epsilon } }, others }
    return inputShape.length === 2 ? alongSteps(step) : [step]
  }),
  layerNormalization: chain(({ layer: { name, epsilon } }) => {
    const attributes = { axis: -1, epsilon: { float: epsilon } }
    return [{ op: 'LayerNormalization', attributes, others: [`${name}.weight`, `${name}.bias`] }]
  }),
}

/** The value of an absent gamma or beta. */
function valuesOf(channels: number, value: number) {
  return { dims: [channels], data: new Float32Array(channels).fill(value) }
}
