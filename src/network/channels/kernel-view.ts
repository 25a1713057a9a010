import type { Constants } from './channel-rule.ts'

/** A kernel that makes each output channel of all input channels. Element (w, i, o) is at w strides[0] + i strides[1] + o strides[2]. */
export interface KernelView {
  values: ArrayLike<number>
  windows: number
  inputs: number
  outputs: number
  strides: readonly [window: number, input: number, output: number]
  /** Whether a constant input adds the same number at every position of the output, so that it can move into the bias: there is no padding. */
  movesConstants: boolean
}

/** Whether the layer works without the channel, given that the channel is constant: 0 adds nothing anywhere. */
export function isMovable(constant: number, { movesConstants }: KernelView): boolean {
  return constant === 0 || (movesConstants && Number.isFinite(constant))
}

/** What constants add to each output, and which outputs vary because of an input that is not movable. */
export function contributions(
  view: KernelView,
  constants: Constants,
): { sums: Float64Array; varying: Uint8Array } {
  const sums = new Float64Array(view.outputs)
  const varying = new Uint8Array(view.outputs)
  let left = view.outputs
  for (let input = 0; input < view.inputs && left > 0; input++) {
    const constant = constants[input]!
    if (constant === 0) continue
    const isMoved = isMovable(constant, view)
    eachWeight(view, input, (output, weight) => {
      if (isMoved) sums[output]! += weight * constant
      else if (!varying[output]) {
        varying[output] = 1
        left--
      }
      return false
    })
  }
  return { sums, varying }
}

/** Whether a used output has a weight for the input that is not zero. */
export function needsInput(view: KernelView, input: number, outputs: Uint8Array): boolean {
  return eachWeight(view, input, output => outputs[output] === 1)
}

/** Calls `visit` with every weight of an input that is not zero until it returns true. @returns whether it did */
function eachWeight(
  { values, windows, outputs, strides }: KernelView,
  input: number,
  visit: (output: number, weight: number) => boolean,
): boolean {
  for (let window = 0; window < windows; window++) {
    let at = window * strides[0] + input * strides[1]
    for (let output = 0; output < outputs; output++, at += strides[2]) {
      const weight = values[at]!
      if (weight !== 0 && visit(output, weight)) return true
    }
  }
  return false
}
