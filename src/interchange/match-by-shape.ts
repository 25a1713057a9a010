import { FormatError } from '#formats/format-error.ts'
import type { NamedTensor } from '#formats/named-tensor.ts'

/** A tensor that is looked for: what the model's PyTorch module would call it, and its shape there. */
interface Wanted {
  name: string
  shape: readonly number[]
}

/**
 * For modules with names of their own: which tensor is which, by the last word of their names and by shape. Where several are alike they
 * follow the positions in their names (`layers.0.weight`, `layers.2.weight`), as in PyTorch's Sequential; other names say nothing of the
 * order, for files have none. @returns the tensors, in the order of `wanted` @throws FormatError where they are fewer, more, or in no order
 */
export function matchByShape(wanted: readonly Wanted[], tensors: readonly NamedTensor[]): NamedTensor[] {
  return wanted.map(variable => {
    const isAlike = (tensor: Wanted) => kindOf(tensor) === kindOf(variable)
    const alike = wanted.filter(isAlike)
    const candidates = inOrder(tensors.filter(isAlike))
    if (candidates.length !== alike.length)
      throw new FormatError(
        `${alike.length} are wanted like ${variable.name} [${variable.shape}], and ${candidates.length} are there`,
      )
    return candidates[alike.indexOf(variable)]!
  })
}

function kindOf({ name, shape }: Wanted): string {
  return `${name.split('.').at(-1)} [${shape}]`
}

/** By the numbers in their names, which apart from those have to be one. */
function inOrder(tensors: readonly NamedTensor[]): readonly NamedTensor[] {
  const [first, ...others] = tensors
  const stranger = others.find(({ name }) => withoutNumbers(name) !== withoutNumbers(first!.name))
  if (stranger)
    throw new FormatError(
      `${first!.name} and ${stranger.name} are both [${first!.shape}]: call them as the model does`,
    )
  return tensors.toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
}

function withoutNumbers(name: string): string {
  return name.replaceAll(/\d+/g, '#')
}
