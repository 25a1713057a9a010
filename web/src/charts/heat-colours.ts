/** Points of the colour map viridis (van der Walt and Smith, 2015): even steps for the eye, for all types of colour vision. */
const VIRIDIS = [
  [68, 1, 84],
  [72, 40, 120],
  [62, 74, 137],
  [49, 104, 142],
  [38, 130, 142],
  [31, 158, 137],
  [53, 183, 121],
  [110, 206, 88],
  [181, 222, 43],
  [253, 231, 37],
] as const

export const HEAT_SCALES = ['linear', 'log'] as const
export type HeatScale = (typeof HEAT_SCALES)[number]

/** The density at the end of the logarithmic scale. */
const LEAST_DENSITY = 1e-3

/** The place of a sparsity in the colours, from 0 to 1. The logarithmic scale separates 90 %, 99 % and 99.9 %. */
export function heatPosition(sparsity: number, scale: HeatScale): number {
  const share = Math.min(1, Math.max(0, sparsity))
  if (scale === 'linear') return share
  return Math.min(1, Math.log10(Math.max(LEAST_DENSITY, 1 - share)) / Math.log10(LEAST_DENSITY))
}

/** Red, green and blue from 0 to 255 at a position from 0 to 1. */
export function heatColour(position: number): [number, number, number] {
  const at = Math.min(1, Math.max(0, position)) * (VIRIDIS.length - 1)
  const index = Math.min(VIRIDIS.length - 2, Math.floor(at))
  const [low, high] = [VIRIDIS[index]!, VIRIDIS[index + 1]!]
  const mix = (channel: 0 | 1 | 2) => Math.round(low[channel] + (high[channel] - low[channel]) * (at - index))
  return [mix(0), mix(1), mix(2)]
}

/** The sparsities that the key of a scale names. */
export const HEAT_TICKS: Record<HeatScale, number[]> = {
  linear: [0, 0.25, 0.5, 0.75, 1],
  log: [0, 0.9, 0.99, 0.999],
}
