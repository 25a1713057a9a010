import type { Warning } from '#domain/event.ts'
import type { EpochMetrics } from '#optimization/epoch-metrics.ts'

/** Warns of layers whose weights have all become zero since the previous epoch: they no longer transmit any signal. */
export function warnOfDeadLayers(
  { epoch, layers, threshold }: EpochMetrics,
  before: EpochMetrics | undefined,
): Warning[] {
  const cause = threshold === undefined ? 'the cut has left none of them' : 'the threshold is too high for it'
  const alreadyDead = new Set(before?.layers.filter(isDead).map(({ name }) => name))
  return layers
    .filter(layer => isDead(layer) && !alreadyDead.has(layer.name))
    .map(({ name, size }) => ({
      code: 'dead_layer',
      path: name,
      message: `All ${size} weights of ${name} are zero after epoch ${epoch}: ${cause}.`,
    }))
}

/** Only kernels and the scales of a normalization count: biases and shifts may all be zero in a working layer. */
function isDead({ name, nonzero }: EpochMetrics['layers'][number]): boolean {
  return nonzero === 0 && /\/(kernel|embeddings|gamma)$/.test(name)
}
