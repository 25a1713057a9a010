import { blameFile } from '#formats/blame-file.ts'
import { FormatError } from '#formats/format-error.ts'
import type { NamedTensor } from '#formats/named-tensor.ts'
import { decodeSafetensors } from '#formats/safetensors.ts'
import { decodeSparseSafetensors } from '#formats/sparse-safetensors.ts'
import type { Network } from '#network/network.ts'
import { elementCount } from '#network/shape.ts'
import type { FoundTensor, FoundTensors } from './found-tensors.ts'
import { matchByShape } from './match-by-shape.ts'
import { torchLayout } from './torch/torch-layout.ts'
import { fromTorch, type TorchPlaces, torchPlaces } from './torch/torch-places.ts'
import { widen } from './widen.ts'

const FLOATS: ReadonlySet<string> = new Set(['F32', 'F64', 'F16', 'BF16'])

/** The prefix that data-parallel training of PyTorch adds to every name. */
const WRAPPER = /^module\./

/**
 * A model's tensors from a safetensors file: one that this service wrote, sparse or dense, or the `state_dict` of a PyTorch module, in any
 * float type. @throws FormatError
 */
export function readSafetensors(bytes: Uint8Array, name: string, network: Network): FoundTensors {
  const all = decode(bytes, name)
  const tensors = new Map(all.map(tensor => [tensor.name.replace(WRAPPER, ''), tensor]))
  const variables = [...network.variables, ...network.statistics]
  const convert = torchLayout(network.placed)
  const placesOf = (variable: Variable) => torchPlaces(convert, variable)
  const found = new Map<string, FoundTensor>()
  for (const variable of variables) {
    const own = tensors.get(variable.name)
    if (own) found.set(variable.name, { shape: own.shape, data: widen(own), source: own.name })
    else {
      const places = placesOf(variable)
      const theirs = tensors.get(places.name)
      if (theirs) found.set(variable.name, fromTorchTensor(theirs, variable.shape, places))
    }
  }
  const names = all.filter(({ dtype }) => FLOATS.has(dtype)).map(({ name }) => name)
  return { tensors: found.size > 0 ? found : readByShape(variables, tensors, placesOf), names }
}

interface Variable {
  name: string
  shape: readonly number[]
}

/** For a PyTorch module whose names differ from the model's. */
function readByShape(
  variables: readonly Variable[],
  tensors: ReadonlyMap<string, NamedTensor>,
  placesOf: (variable: Variable) => TorchPlaces,
): Map<string, FoundTensor> {
  const places = variables.map(placesOf)
  try {
    const matches = matchByShape(places, [...tensors.values()])
    return new Map(
      variables.map(({ name, shape }, index) => [
        name,
        fromTorchTensor(matches[index]!, shape, places[index]!),
      ]),
    )
  } catch (error) {
    throw new FormatError(
      `${noneOf(variables, tensors)} Matching by shape failed: ${(error as Error).message}.`,
    )
  }
}

function decode(bytes: Uint8Array, name: string): readonly NamedTensor[] {
  try {
    const { tensors, metadata } = decodeSafetensors(bytes)
    return 'sparse.version' in metadata ? decodeSparseSafetensors(bytes).tensors : tensors
  } catch (error) {
    if (error instanceof FormatError)
      throw new FormatError(`${name} is damaged, or is not a safetensors file: ${error.message}`)
    throw blameFile(error, `${name} is damaged, or is not a safetensors file`)
  }
}

function fromTorchTensor(theirs: NamedTensor, shape: readonly number[], places: TorchPlaces): FoundTensor {
  if (theirs.data.length !== elementCount(shape) || String(theirs.shape) !== String(places.shape))
    throw new FormatError(
      `${theirs.name} has shape [${theirs.shape}], but ${places.name} needs [${places.shape}]`,
    )
  return { shape, data: fromTorch(places, widen(theirs)), source: theirs.name }
}

function noneOf(variables: readonly { name: string }[], tensors: ReadonlyMap<string, NamedTensor>): string {
  const wanted = variables.slice(0, 4).map(({ name }) => name)
  const given = [...tensors.keys()].slice(0, 4)
  return `no tensor has a name of the model: the model has ${wanted.join(', ')}..., in PyTorch's form or in this one; the file has ${given.join(', ')}...`
}
