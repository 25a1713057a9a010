import { FormatError } from '#formats/format-error.ts'
import type { FloatTensor } from '#formats/named-tensor.ts'
import { decodeSafetensors, encodeSafetensors } from '#formats/safetensors.ts'

/** The state of a computation that a later attempt continues from. */
export interface SavedState {
  /** Everything but the tensors; JSON can represent it. */
  values: unknown
  /** By group and, in it, by name. The order of a group is lost: see `inOrderOf`. */
  tensors: Readonly<Record<string, readonly FloatTensor[]>>
}

const FORMAT = 'thresher-analysis-state-1'

/** @param analysis identifies the computation: the same text for every attempt */
export function encodeState({ values, tensors }: SavedState, analysis: string): Uint8Array {
  const named = Object.entries(tensors).flatMap(([group, members]) =>
    members.map(tensor => ({ ...tensor, name: `${group}/${tensor.name}` })),
  )
  return encodeSafetensors(named, { format: FORMAT, analysis, values: JSON.stringify(values) })
}

/** @throws FormatError if the bytes are not a state of this analysis */
export function decodeState(bytes: Uint8Array, analysis: string): SavedState {
  const { tensors: named, metadata } = decodeSafetensors(bytes)
  if (metadata.format !== FORMAT || metadata.analysis !== analysis)
    throw new FormatError('the file is not a saved state of this analysis')
  const tensors: Record<string, FloatTensor[]> = {}
  for (const tensor of named) {
    const slash = tensor.name.indexOf('/')
    const group = tensor.name.slice(0, slash)
    tensors[group] ??= []
    tensors[group].push({ ...tensor, name: tensor.name.slice(slash + 1) } as FloatTensor)
  }
  return { values: JSON.parse(metadata.values ?? 'null'), tensors }
}

/** The tensors in the order of others of the same names. */
export function inOrderOf(
  others: readonly { name: string }[],
  tensors: readonly FloatTensor[] = [],
): FloatTensor[] {
  return others.map(({ name }) => tensors.find(tensor => tensor.name === name)!)
}
