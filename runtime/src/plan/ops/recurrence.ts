import type { GraphNode } from '../../graph.ts'
import type { StepPlanner } from '../context.ts'
import type { Size } from '../planes.ts'
import type { Section } from '../program.ts'
import type { Step } from '../steps.ts'
import { planProduct } from './product.ts'

type Recurrence = Extract<GraphNode, { op: 'recurrence' }>

/**
 * The instructions of every step of a sequence: the product of the state with the recurrent kernel, as any dense layer has, and the cell.
 * The weights of the product are packed once.
 */
export const planRecurrence: StepPlanner = {
  layout(layout, step) {
    const product = stateProduct(step)
    const sizes = sizesOf(step)
    for (const value of [product.value, product.inputs[0]!]) layout.add(String(value), sizes(value))
    layout.add(memoryOf(step), sizes(product.inputs[0]!))
    planProduct.layout!(layout, product, sizes)
  },

  plan(context, step) {
    const { cell, returnsSequences, stateBias, name } = step.node as Recurrence
    const product = stateProduct(step)
    const sizes = sizesOf(step)
    const products = context.allocate(product.value, sizes(product.value))
    const state = context.allocate(product.inputs[0]!, sizes(product.inputs[0]!))
    const memory = context.temporary(memoryOf(step), state)
    const [inputs, out] = [context.planes(step.inputs[0]!), context.planes(step.value)]
    const bias = context.model.constants.shared(
      `${name} state bias`,
      () => stateBias ?? new Float32Array(products.channels),
    )
    const { writer } = context
    let written: Section | undefined
    for (let time = 0; time < inputs.width; time++) {
      if (written) writer.repeat(written)
      else if (time > 0) {
        const begin = writer.length
        planProduct.plan(context, product)
        written = writer.since(begin)
      }
      const lastStep = time === inputs.width - 1 ? 0 : -1
      const outStep = returnsSequences ? time : lastStep
      context.emit(cell, inputs, products, state, memory, out, time, outStep, Number(time === 0), bias)
    }
    context.release(product.value)
    context.release(product.inputs[0]!)
    context.buffers.release(memory.at)
  },
}

/** The product of the state with the recurrent kernel, as a step of its own, between values whose numbers no node has. */
function stateProduct({ node, value }: Step): Step {
  const { name, recurrentKernel, stateBias, units } = node as Recurrence
  const activation = { name: 'linear' } as const
  return {
    node: {
      op: 'dense',
      name,
      inputs: [],
      shape: [recurrentKernel.length / units],
      kernel: recurrentKernel,
      ...(stateBias && { bias: stateBias }),
      activation,
    },
    value: -1 - 2 * value,
    inputs: [-2 - 2 * value],
    activation,
  }
}

/** The sizes of the values of the product. */
function sizesOf(step: Step): (value: number) => Size {
  const { units, recurrentKernel } = step.node as Recurrence
  const product = stateProduct(step)
  const channels = (value: number) => (value === product.value ? recurrentKernel.length / units : units)
  return value => ({ height: 1, width: 1, channels: channels(value) })
}

function memoryOf({ value }: Step): string {
  return `memory ${value}`
}
