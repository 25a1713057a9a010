import type { GraphNode } from '../../graph.ts'
import type { StepPlanner } from '../context.ts'
import { LINE, roundUp } from '../planes.ts'
import { buffer } from '../program.ts'

export const planPooling: StepPlanner = {
  plan(context, step) {
    const node = step.node as Extract<GraphNode, { op: 'maxPooling' | 'averagePooling' }>
    const [input, out] = [context.planes(step.inputs[0]!), context.planes(step.value)]
    const { size, strides, margins } = node
    const window = [...size, ...strides, margins.top, margins.left]
    const line = roundUp(input.width, LINE)
    const lines = context.buffers.allocate(line * context.model.host.threads)
    context.emit(node.op, input, out, ...window, buffer(lines), line, Number(node.op === 'averagePooling'))
    context.buffers.release(lines)
  },
}

export const planGlobalPooling: StepPlanner = {
  plan(context, step) {
    const { op } = step.node as Extract<GraphNode, { op: 'globalMaxPooling' | 'globalAveragePooling' }>
    const [input, out] = [context.planes(step.inputs[0]!), context.planes(step.value)]
    context.emit(op, input, out, Number(op === 'globalAveragePooling'))
  },
}
