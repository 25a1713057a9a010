import type { GraphNode } from '../../graph.ts'
import type { StepPlanner } from '../context.ts'
import { real } from '../program.ts'

export const planEmbedding: StepPlanner = {
  plan(context, step) {
    const { name, embeddings } = step.node as Extract<GraphNode, { op: 'embedding' }>
    const table = context.model.constants.shared(`${name} embeddings`, () => embeddings)
    context.emit('embed', context.planes(step.inputs[0]!), context.planes(step.value), table)
  },
}

export const planLayerNormalization: StepPlanner = {
  plan(context, step) {
    const node = step.node as Extract<GraphNode, { op: 'layerNormalization' }>
    const numbers = (['gamma', 'beta'] as const).map(word =>
      context.model.constants.shared(`${node.name} ${word}`, () => node[word]),
    )
    const [input, out] = [context.planes(step.inputs[0]!), context.planes(step.value)]
    context.emit('normalizeChannels', input, out, real(node.epsilon), ...numbers)
  },
}
