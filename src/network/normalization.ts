import type { PerChannel } from './layers/options.ts'

/** What Keras divides by at least (keras.config.epsilon). */
export const SMALLEST_DEVIATION = 1e-7

/** What a normalisation divides by. */
export function deviationOf(variance: PerChannel): PerChannel {
  const deviation = (value: number) => Math.max(Math.sqrt(value), SMALLEST_DEVIATION)
  return typeof variance === 'number' ? deviation(variance) : variance.map(deviation)
}
