import type { Host } from '../../engine/host.ts'
import type { GraphNode } from '../../graph.ts'
import type { StepPlanner } from '../context.ts'
import { LINE, type Planes, roundUp } from '../planes.ts'
import { buffer } from '../program.ts'

type Pooling = Extract<GraphNode, { op: 'maxPooling' | 'averagePooling' }>

export const planPooling: StepPlanner = {
  plan(context, step) {
    const node = step.node as Pooling
    const [input, out] = [context.planes(step.inputs[0]!), context.planes(step.value)]
    const { size, strides, margins } = node
    const window = [...size, ...strides, margins.top, margins.left]
    const line = lineLength(node, input, out, context.model.host)
    const lines = context.buffers.allocate(line * context.model.host.threads)
    context.emit(node.op, input, out, ...window, buffer(lines), line, Number(node.op === 'averagePooling'))
    context.buffers.release(lines)
  },
}

/** Floats of a row with its margins, and of what the kernel reads after them: it computes whole vectors of windows. */
function lineLength(
  { size, strides, margins }: Pooling,
  input: Planes,
  out: Planes,
  { lanes }: Host,
): number {
  const written = margins.left + roundUp(input.width, lanes)
  const read = roundUp(out.width, lanes) * strides[1] + size[1] + 2 * lanes
  return roundUp(Math.max(written, read), LINE)
}

export const planGlobalPooling: StepPlanner = {
  plan(context, step) {
    const { op } = step.node as Extract<GraphNode, { op: 'globalMaxPooling' | 'globalAveragePooling' }>
    const [input, out] = [context.planes(step.inputs[0]!), context.planes(step.value)]
    context.emit(op, input, out, Number(op === 'globalAveragePooling'))
  },
}
