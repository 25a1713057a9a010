import type { GraphNode } from '../../graph.ts'
import type { StepPlanner } from '../context.ts'
import { type Operand, real } from '../program.ts'
import { functionOperands, planActivation } from './activation.ts'

const COMBINATIONS = ['sum', 'product'] as const
const LINEAR: Operand[] = [0, real(-Infinity), real(Infinity)]

/** Sums, products and means of values, two by two. */
export const planCombination: StepPlanner = {
  plan(context, step) {
    const node = step.node as Extract<GraphNode, { op: 'add' | 'multiply' | 'average' }>
    const kind = COMBINATIONS.indexOf(node.op === 'multiply' ? 'product' : 'sum')
    const out = context.planes(step.value)
    const [first, ...others] = step.inputs.map(value => context.planes(value))
    if (others.length === 0) return planActivation.plan(context, step)
    let left = first!
    for (const [index, right] of others.entries()) {
      const isLast = index === others.length - 1
      const scale = isLast && node.op === 'average' ? 1 / step.inputs.length : 1
      const after = isLast ? functionOperands(step) : LINEAR
      context.emit('combine', left, right, out, kind, real(scale), ...after)
      left = out
    }
  },
}

/** (x - shift) scale + offset. */
export const planAffine: StepPlanner = {
  plan(context, step) {
    const node = step.node as Extract<GraphNode, { op: 'affine' }>
    const out = context.planes(step.value)
    const numbers = (['shift', 'scale', 'offset'] as const).map(name =>
      context.model.constants.shared(`${step.value} ${name}`, () =>
        node[name].length === 1 ? new Float32Array(out.channels).fill(node[name][0]!) : node[name],
      ),
    )
    context.emit('affine', context.planes(step.inputs[0]!), out, ...numbers, ...functionOperands(step))
  },
}
