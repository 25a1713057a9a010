import type { Activation, Graph, GraphNode } from '../graph.ts'
import { sizeOf } from './planes.ts'

/** A node with what is computed along with it. */
export interface Step {
  node: GraphNode
  /** The number of the value that it computes: of its node, or of the last node that is computed along with it. */
  value: number
  /** Numbers of values. */
  inputs: readonly number[]
  /** A value that is added before the activation. */
  residual?: number
  /** Applied to the output. */
  activation: Activation
}

export interface Steps {
  steps: readonly Step[]
  input: number
  output: number
}

const LINEAR: Activation = { name: 'linear' }

/**
 * The computation of a graph in fewer steps: a product takes the addition and the activation that follow it, and nodes that move nothing
 * are left out.
 */
export function stepsOf({ nodes }: Graph): Steps {
  const uses = countUses(nodes)
  const steps: Step[] = []
  /** The value that a node's output is. */
  const values: number[] = []
  for (const [index, node] of nodes.entries()) {
    const inputs = node.inputs.map(input => values[input]!)
    const isPrivate = (value: number) => uses[value] === 1
    values[index] = index
    if (movesNothing(node, nodes)) {
      const value = inputs[0]!
      values[index] = value
      // The consumers of this node become consumers of its input.
      uses[value]! += uses[index]! - 1
      continue
    }
    if (takeActivation(steps, node, index, inputs, isPrivate)) continue
    if (takeAddition(steps, node, index, inputs, isPrivate)) continue
    const activation = node.op !== 'activation' && 'activation' in node ? node.activation : LINEAR
    steps.push({
      node,
      value: index,
      inputs,
      activation: node.op === 'activation' ? node.activation : activation,
    })
  }
  return { steps, input: values[0]!, output: values.at(-1)! }
}

/** The number of consumers of each node; of the output, a consumer more. */
function countUses(nodes: Graph['nodes']): number[] {
  const uses = nodes.map(() => 0)
  for (const { inputs } of nodes) for (const input of inputs) uses[input]! += 1
  uses[nodes.length - 1]! += 1
  return uses
}

function movesNothing(node: GraphNode, nodes: Graph['nodes']): boolean {
  if (node.op === 'activation') return node.activation.name === 'linear'
  if (node.op !== 'reshaping') return false
  const before = sizeOf(nodes[node.inputs[0]!]!.shape)
  const after = sizeOf(node.shape)
  return before.channels === after.channels && before.height === after.height && before.width === after.width
}

/** Gives the activation to the step that computes its input, if nothing else reads that. */
function takeActivation(
  steps: Step[],
  node: GraphNode,
  value: number,
  inputs: readonly number[],
  isPrivate: (value: number) => boolean,
): boolean {
  if (node.op !== 'activation' || !isPrivate(inputs[0]!)) return false
  const producer = steps.find(step => step.value === inputs[0])
  if (!producer || !('activation' in producer.node) || producer.node.op === 'activation') return false
  if (producer.activation.name !== 'linear') return false
  Object.assign(producer, { value, activation: node.activation })
  return true
}

/** Gives the addition to the product that computes one of its inputs, if nothing else reads that. */
function takeAddition(
  steps: Step[],
  node: GraphNode,
  value: number,
  inputs: readonly number[],
  isPrivate: (value: number) => boolean,
): boolean {
  if (node.op !== 'add' || inputs.length !== 2 || inputs[0] === inputs[1]) return false
  for (const [product, residual] of [inputs.toReversed(), inputs] as [number, number][]) {
    const index = steps.findIndex(step => step.value === product)
    const step = steps[index]
    if (!step || !isPrivate(product) || !takesResidual(step)) continue
    const other = steps.find(({ value }) => value === residual)
    if (other && String(other.node.shape) !== String(node.shape)) continue
    if (String(step.node.shape) !== String(node.shape)) continue
    steps.splice(index, 1)
    steps.push({ ...step, value, residual, activation: node.activation })
    return true
  }
  return false
}

const takesResidual = ({ node, activation, residual }: Step) =>
  (node.op === 'convolution' || node.op === 'dense') && activation.name === 'linear' && residual === undefined
