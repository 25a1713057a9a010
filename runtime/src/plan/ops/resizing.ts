import type { GraphNode, Margins } from '../../graph.ts'
import type { PlanContext, StepPlanner } from '../context.ts'
import type { Step } from '../steps.ts'

type NodeOf<Op extends GraphNode['op']> = Extract<GraphNode, { op: Op }>

/** Zeros around an image: one phase of a split with margins. */
export const planPadding: StepPlanner = {
  plan: (context, step) => shift(context, step, (step.node as NodeOf<'padding'>).margins, 1),
}

export const planCropping: StepPlanner = {
  plan: (context, step) => shift(context, step, (step.node as NodeOf<'cropping'>).margins, -1),
}

export const planUpsampling: StepPlanner = {
  plan(context, step) {
    const { times, zeros } = step.node as NodeOf<'upsampling'>
    context.emit('upsample', ...operandsOf(context, step), ...times, Number(zeros))
  },
}

export const planReversal: StepPlanner = {
  plan: (context, step) => context.emit('reverse', ...operandsOf(context, step)),
}

/** The input, moved down and to the right by margins times `sign`. */
function shift(context: PlanContext, step: Step, { top, left }: Margins, sign: 1 | -1): void {
  const phases = context.model.constants.shared('phases 0,0', () => new Uint32Array(2))
  context.emit('split', ...operandsOf(context, step), sign * top, sign * left, 1, 1, 1, phases)
}

function operandsOf(context: PlanContext, { inputs, value }: Step) {
  return [context.planes(inputs[0]!), context.planes(value)]
}
