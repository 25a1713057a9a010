import type { ElementOrder } from '#interchange/element-order.ts'
import type { OnnxNode, OnnxTensor } from './onnx-messages.ts'

/** An operator that takes the output of the one before it. */
export interface OnnxStep {
  op: string
  attributes?: OnnxNode['attributes']
  /** Its other inputs: outputs or weights by name, or constants. */
  others?: readonly (string | Omit<OnnxTensor, 'name'>)[]
}

export interface OnnxPart {
  nodes: readonly OnnxNode[]
  constants: readonly OnnxTensor[]
}

/** A chain of operators from `inputs` to `output`. If there are none, the output is the input. */
export function connectSteps(
  inputs: readonly string[],
  output: string,
  steps: readonly OnnxStep[],
): OnnxPart {
  const nodes: OnnxNode[] = []
  const constants: OnnxTensor[] = []
  const chain = steps.length > 0 ? steps : [{ op: 'Identity' }]
  for (const [index, { op, attributes, others = [] }] of chain.entries()) {
    const isLast = index === chain.length - 1
    const name = isLast ? output : `${output}.${index}`
    const extra = others.map((other, position) => {
      if (typeof other === 'string') return other
      const constant = { ...other, name: `${name}.constant${position}` }
      constants.push(constant)
      return constant.name
    })
    const before = index === 0 ? inputs : [nodes.at(-1)!.output]
    nodes.push({ op, input: [...before, ...extra], output: name, ...(attributes && { attributes }) })
  }
  return { nodes, constants }
}

export function scalarOf(value: number): Omit<OnnxTensor, 'name'> {
  return { dims: [], data: Float32Array.of(value) }
}

export function integersOf(values: Iterable<number>): Omit<OnnxTensor, 'name'> {
  const data = BigInt64Array.from([...values].map(BigInt))
  return { dims: [data.length], data }
}

/** Restores the order of elements here. @param order of the input's elements */
export function restoreOrder(order: ElementOrder): OnnxStep {
  const inverse = new Int32Array(order.length)
  for (const [position, here] of order.entries()) inverse[here] = position
  return { op: 'Gather', attributes: { axis: 1 }, others: [integersOf(inverse)] }
}
