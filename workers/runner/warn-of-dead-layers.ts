import type { EpochMetrics, Warning } from '#domain/event.ts'

/** Warns of layers that have become all zeros since the epoch before: nothing passes through them any more. */
export function warnOfDeadLayers(
  { epoch, layers }: EpochMetrics,
  before: EpochMetrics | undefined,
): Warning[] {
  const alreadyDead = new Set(before?.layers.filter(isDead).map(({ name }) => name))
  return layers
    .filter(layer => isDead(layer) && !alreadyDead.has(layer.name))
    .map(({ name, size }) => ({
      code: 'dead_layer',
      path: name,
      message: `All ${size} weights of ${name} are zero after epoch ${epoch}: the threshold is too high for it.`,
    }))
}

/** Of kernels and of the scales of a normalisation; biases and shifts may well be zero. */
function isDead({ name, nonzero }: EpochMetrics['layers'][number]): boolean {
  return nonzero === 0 && /\/(kernel|embeddings|gamma)$/.test(name)
}
