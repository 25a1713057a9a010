import type { Shape } from '../graph.ts'
import { ModelError } from '../model-error.ts'
import { elementCount } from '../shape.ts'
import type { StoredTensor } from './safetensors.ts'
import { decodeValues } from './values.ts'

/** The scales of the channels of a tensor, by which its int8 values are multiplied (docs/sparse-safetensors.md, "Scales"). */
export interface Scales {
  ofChannels: Float32Array
  /** The number of consecutive elements that have the same scale. */
  run: number
}

/** @param axis the first axis of the channels, as the file states it @throws ModelError */
export function readScales(
  name: string,
  shape: Shape,
  axis: unknown,
  stored: StoredTensor | undefined,
): Scales {
  if (stored?.dtype !== 'F32') throw new ModelError(`tensor "${name}" needs "${name}.scales" of dtype F32`)
  if (!Number.isSafeInteger(axis) || (axis as number) < 0)
    throw new ModelError(`scaleAxis of tensor "${name}" must be the number of an axis`)
  const [begin, end] = [axis as number, (axis as number) + stored.shape.length]
  if (String(stored.shape) !== String(shape.slice(begin, end)))
    throw new ModelError(
      `"${name}.scales" is [${stored.shape}], but the axes of [${shape}] from ${begin} on are [${shape.slice(begin, end)}]`,
    )
  const ofChannels = decodeValues(stored, `${name}.scales`)
  if (!ofChannels.every(scale => scale >= 0 && scale < Number.POSITIVE_INFINITY))
    throw new ModelError(`"${name}.scales" must be finite and not negative`)
  return { ofChannels, run: elementCount(shape.slice(end)) }
}

/** Multiplies each element of a tensor by the scale of its channel, in place. */
export function applyScales(dense: Float32Array, { ofChannels, run }: Scales): void {
  for (let i = 0, channel = 0; i < dense.length; channel = (channel + 1) % ofChannels.length) {
    const scale = ofChannels[channel]!
    for (const end = i + run; i < end; i++) dense[i]! *= scale
  }
}
