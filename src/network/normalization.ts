import type { PerChannel } from './layers/options.ts'

/** The smallest number that Keras divides by (keras.config.epsilon). */
export const SMALLEST_DEVIATION = 1e-7

/** The divisor of a normalization. */
export function deviationOf(variance: PerChannel): PerChannel {
  const deviation = (value: number) => Math.max(Math.sqrt(value), SMALLEST_DEVIATION)
  return typeof variance === 'number' ? deviation(variance) : variance.map(deviation)
}
