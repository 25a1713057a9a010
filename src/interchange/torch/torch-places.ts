import { FormatError } from '#formats/format-error.ts'
import { elementCount } from '#network/shape.ts'
import type { Topology } from '#network/topology.ts'
import { toTorchLayout } from './torch-layout.ts'

/** Integers to here are exact in float32. */
const EXACT = 2 ** 24

/** What a variable is called in the `state_dict` of a PyTorch module, and which of its elements each of those there is. */
export interface TorchPlaces {
  name: string
  shape: readonly number[]
  places: Uint32Array
}

/**
 * Where PyTorch has the elements of a variable: found by sending their numbers through the export, whose inverse this is.
 * @throws FormatError for a layer that PyTorch keeps in other numbers
 */
export function torchPlaces(
  topology: Topology,
  { name, shape }: { name: string; shape: readonly number[] },
): TorchPlaces {
  const send = (numberOf: (index: number) => number) => {
    const data = Float32Array.from({ length: elementCount(shape) }, (_, index) => numberOf(index))
    const sent = toTorchLayout(topology, [{ name, shape, dtype: 'F32', data }])
    if (sent.length !== 1)
      throw new FormatError(`${name}: PyTorch has other parameters there; its recurrent layers are not read`)
    return sent[0]!
  }
  const low = send(index => index % EXACT)
  const high = send(index => Math.floor(index / EXACT))
  const places = Uint32Array.from(low.data, (place, i) => high.data[i]! * EXACT + place)
  return { name: low.name, shape: low.shape, places }
}

/** The variable's values of PyTorch's. */
export function fromTorch({ places }: TorchPlaces, values: Float32Array): Float32Array {
  const own = new Float32Array(values.length)
  places.forEach((place, i) => {
    own[place] = values[i]!
  })
  return own
}
