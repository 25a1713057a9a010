import type { PlacedLayer } from '#network/place-layers.ts'
import type { Layer } from './layer.ts'

/** A layer fused with layers before it. Positions are those in the topology. */
export interface Fusion {
  layer: Layer
  /** The positions of the layers that it replaces. No other layer uses their outputs. */
  absorbed: readonly number[]
  /** The positions of its inputs. */
  inputs: readonly number[]
}

/** The layer at `position`, if it has this type and exactly one other layer uses its output. */
export function absorbable<Type extends PlacedLayer['layer']['type']>(
  type: Type,
  position: number,
  placed: readonly PlacedLayer[],
): (PlacedLayer & { layer: Extract<PlacedLayer['layer'], { type: Type }> }) | undefined {
  const found = placed[position]
  const users = placed.flatMap(({ inputs }) => inputs).filter(input => input === position)
  return found?.layer.type === type && users.length === 1 ? (found as never) : undefined
}
