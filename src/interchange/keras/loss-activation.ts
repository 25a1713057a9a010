import type { LossActivation } from '#domain/loss.ts'
import type { Refuse } from '#network/check-topology.ts'
import type { KerasLayer } from './read-layer.ts'

/** Removes the loss's activation at the end, because training uses the last layer's output as logits. */
export function withoutLossActivation(
  layers: readonly KerasLayer[],
  own: LossActivation,
  refuse: Refuse,
): readonly KerasLayer[] {
  const last = layers.at(-1)!
  const { className, config, path } = last
  const activation = className === 'Softmax' ? 'softmax' : (config.activation ?? 'linear')
  if (own === 'linear' || activation === 'linear') return layers
  if (activation !== own)
    refuse(
      `${path}.config.activation`,
      `must be linear or ${own}: the loss uses the output of this layer as logits`,
    )
  const before = layers.slice(0, -1)
  if (className === 'Softmax' || className === 'Activation') return before
  return [...before, { ...last, config: { ...config, activation: 'linear' } }]
}
