import { FormatError } from '#formats/format-error.ts'
import { elementCount } from '#network/shape.ts'
import type { TorchConverter } from './torch-layout.ts'

/** Integers up to this one are exact in float32. */
const EXACT = 2 ** 24

/**
 * A variable in the `state_dict` of a PyTorch module: its name and shape there, and for each of its elements the index in the variable
 * here.
 */
export interface TorchPlaces {
  name: string
  shape: readonly number[]
  places: Uint32Array
}

/**
 * The mapping between the elements of a variable here and in PyTorch. The export is applied to the indices, so that reading is its inverse
 * by construction. @throws FormatError for a layer whose parameters PyTorch splits differently
 */
export function torchPlaces(
  convert: TorchConverter,
  { name, shape }: { name: string; shape: readonly number[] },
): TorchPlaces {
  const send = (numberOf: (index: number) => number) => {
    const data = Float32Array.from({ length: elementCount(shape) }, (_, index) => numberOf(index))
    const sent = convert({ name, shape, dtype: 'F32', data })
    if (sent.length !== 1)
      throw new FormatError(
        `${name}: PyTorch has other parameters for this layer; recurrent layers of PyTorch cannot be imported`,
      )
    return sent[0]!
  }
  const low = send(index => index % EXACT)
  const high = send(index => Math.floor(index / EXACT))
  const places = Uint32Array.from(low.data, (place, i) => high.data[i]! * EXACT + place)
  return { name: low.name, shape: low.shape, places }
}

/** PyTorch's values of a variable, in the element order used here. */
export function fromTorch({ places }: TorchPlaces, values: Float32Array): Float32Array {
  const own = new Float32Array(values.length)
  places.forEach((place, i) => {
    own[place] = values[i]!
  })
  return own
}
