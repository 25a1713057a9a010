import { functionOf } from '../activations.ts'
import type { StepPlanner } from '../context.ts'
import { type Operand, real } from '../program.ts'
import type { Step } from '../steps.ts'

/** The operands of a function: `readFunction` of `kernels/ops/elementwise.h`. */
export function functionOperands({ activation }: Step): Operand[] {
  const [kind, a, b] = functionOf(activation)
  return [kind, real(a), real(b)]
}

/** Applies the activation of a step to its input. */
export const planActivation: StepPlanner = {
  plan(context, step) {
    const [input, out] = [context.planes(step.inputs[0]!), context.planes(step.value)]
    context.emit('activate', input, out, ...functionOperands(step))
  },
}

export const planSoftmax: StepPlanner = {
  plan(context, step) {
    context.emit('softmax', context.planes(step.inputs[0]!), context.planes(step.value))
  },
}
