import { FormatError } from '#formats/format-error.ts'
import type { NamedTensor } from '#formats/named-tensor.ts'

/** A tensor of the model: its name and shape in the model's PyTorch module. */
interface Wanted {
  name: string
  shape: readonly number[]
}

/**
 * Identifies the tensors of a module with other names by the last word of the name and by shape. Tensors that have both in common are
 * ordered by the numbers in their names (`layers.0.weight`, `layers.2.weight`), as in PyTorch's Sequential. Other names imply no order, and
 * neither do files. @returns the tensors, in the order of `wanted` @throws FormatError if there are fewer, more, or no order
 */
export function matchByShape(wanted: readonly Wanted[], tensors: readonly NamedTensor[]): NamedTensor[] {
  return wanted.map(variable => {
    const isAlike = (tensor: Wanted) => kindOf(tensor) === kindOf(variable)
    const alike = wanted.filter(isAlike)
    const candidates = inOrder(tensors.filter(isAlike))
    if (candidates.length !== alike.length)
      throw new FormatError(
        `the model has ${alike.length} tensors like ${variable.name} [${variable.shape}], the file has ${candidates.length}`,
      )
    return candidates[alike.indexOf(variable)]!
  })
}

function kindOf({ name, shape }: Wanted): string {
  return `${name.split('.').at(-1)} [${shape}]`
}

/** By the numbers in their names, which must otherwise be equal. */
function inOrder(tensors: readonly NamedTensor[]): readonly NamedTensor[] {
  const [first, ...others] = tensors
  const stranger = others.find(({ name }) => withoutNumbers(name) !== withoutNumbers(first!.name))
  if (stranger)
    throw new FormatError(
      `${first!.name} and ${stranger.name} are both [${first!.shape}]: rename them as in the model`,
    )
  return tensors.toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
}

function withoutNumbers(name: string): string {
  return name.replaceAll(/\d+/g, '#')
}
