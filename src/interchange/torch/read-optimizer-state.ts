import { FormatError } from '#formats/format-error.ts'
import type { FloatTensor, NamedTensor } from '#formats/named-tensor.ts'
import { decodeSafetensors } from '#formats/safetensors.ts'
import { whyMissing } from '#interchange/missing-artifact.ts'
import { widen } from '#interchange/widen.ts'
import type { Network } from '#network/network.ts'
import { EXPORTING_OPTIMIZER } from '#optimization/optimizer-spec.ts'
import { torchLayout } from './torch-layout.ts'
import { fromTorch, torchPlaces } from './torch-places.ts'

/** gRDA's state: the accumulator and the clock. */
export interface GrdaState {
  accumulator: FloatTensor[]
  step: number
  l1: number
}

/**
 * gRDA's state under the names of the original PyTorch optimizer: for parameter i of the model `state.<i>.accumulator`,
 * `state.<i>.iter_num` and `state.<i>.l1_accumulation`, as in `optimizer-state.safetensors`. @throws FormatError
 */
export function readOptimizerState(bytes: Uint8Array, { topology, placed, variables }: Network): GrdaState {
  const reason = whyMissing('optimizer-state.safetensors', topology, { name: EXPORTING_OPTIMIZER })
  if (reason) throw new FormatError(reason)
  const { tensors } = decodeSafetensors(bytes)
  const byName = new Map(tensors.map(tensor => [tensor.name, tensor]))
  const part = (index: number, word: string) => {
    const name = `state.${index}.${word}`
    const tensor = byName.get(name)
    if (!tensor) throw new FormatError(`the optimizer's state has no ${name}`)
    return tensor
  }
  const convert = torchLayout(placed)
  const accumulator = variables.map((variable, index): FloatTensor => {
    const places = torchPlaces(convert, variable)
    const tensor = part(index, 'accumulator')
    if (String(tensor.shape) !== String(places.shape))
      throw new FormatError(
        `${tensor.name} has shape [${tensor.shape}]; parameter ${index}, ${places.name}, needs [${places.shape}]`,
      )
    const { name, shape } = variable
    return { name, shape, dtype: 'F32', data: fromTorch(places, widen(tensor)) }
  })
  const steps = new Set(variables.map((_, index) => numberIn(part(index, 'iter_num'))))
  if (steps.size > 1) throw new FormatError(`iter_num differs between parameters: ${[...steps].join(', ')}`)
  const thresholds = new Set(variables.map((_, index) => numberIn(part(index, 'l1_accumulation'))))
  // The threshold of an excluded parameter.
  thresholds.delete(0)
  if (thresholds.size > 1)
    throw new FormatError(
      `l1_accumulation differs between parameters, which have one threshold here: ${[...thresholds].slice(0, 4).join(', ')}`,
    )
  return { accumulator, step: [...steps][0] ?? 0, l1: [...thresholds][0] ?? 0 }
}

function numberIn({ name, data }: NamedTensor): number {
  const value = Number(data[0])
  if (data.length === 1 && Number.isFinite(value) && value >= 0) return value
  throw new FormatError(`${name} must be one number, 0 or more`)
}
