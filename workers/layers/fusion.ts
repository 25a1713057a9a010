import type { PlacedLayer } from '#network/place-layers.ts'
import type { Layer } from './layer.ts'

/** A layer that does the work of some before it, too. Positions are those of the layers in their topology. */
export interface Fusion {
  layer: Layer
  /** The layers whose work it does: nothing else takes from them. */
  absorbed: readonly number[]
  /** What it takes from. */
  inputs: readonly number[]
}

/** The layer at `position`, if it is of the type and nothing but one other takes from it. */
export function absorbable<Type extends PlacedLayer['layer']['type']>(
  type: Type,
  position: number,
  placed: readonly PlacedLayer[],
): (PlacedLayer & { layer: Extract<PlacedLayer['layer'], { type: Type }> }) | undefined {
  const found = placed[position]
  const users = placed.flatMap(({ inputs }) => inputs).filter(input => input === position)
  return found?.layer.type === type && users.length === 1 ? (found as never) : undefined
}
