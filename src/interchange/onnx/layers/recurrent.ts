import type { FloatTensor } from '#formats/named-tensor.ts'
import { biasPair, gateBlocks } from '#interchange/gate-blocks.ts'
import type { OnnxNode, OnnxTensor } from '#interchange/onnx/onnx-messages.ts'
import { waysOf } from '#network/layers/recurrent.ts'
import type { RecurrentLayer } from '#network/topology.ts'

/** ONNX's operators, and the gates of Keras in their order: an LSTM's are i, o, f and c there, a GRU's z, r and h as in Keras. */
const OPERATORS = {
  lstm: { op: 'LSTM', order: [0, 3, 1, 2], attributes: {} },
  gru: { op: 'GRU', order: [0, 1, 2], attributes: { linear_before_reset: 1 } },
  simpleRnn: { op: 'RNN', order: [0], attributes: {} },
} as const

/**
 * What ONNX calls W [ways, gates units, in], R [ways, gates units, units] and B [ways, 2 gates units], which is of the input and of the
 * output before.
 */
export function recurrentTensors(layer: RecurrentLayer, weights: readonly FloatTensor[]): FloatTensor[] {
  const { order } = OPERATORS[layer.type]
  const stacked = (
    letter: string,
    word: string,
    convert: (weight: FloatTensor) => FloatTensor,
  ): FloatTensor[] => {
    const ways = waysOf(layer).flatMap(way => weights.filter(({ name }) => name === `${way}/${word}`))
    if (ways.length === 0) return []
    const converted = ways.map(convert)
    const shape = [ways.length, ...converted[0]!.shape]
    return [{ name: `${layer.name}.${letter}`, dtype: 'F32', shape, data: join(converted) }]
  }
  return [
    ...stacked('W', 'kernel', kernel => gateBlocks(kernel, order)),
    ...stacked('R', 'recurrentKernel', kernel => gateBlocks(kernel, order)),
    ...stacked('B', 'bias', bias => {
      const data = join(biasPair(bias).map(one => gateBlocks(one, order)))
      return { ...bias, shape: [data.length], data }
    }),
  ]
}

function join(weights: readonly FloatTensor[]): Float32Array {
  return Float32Array.from(weights.flatMap(({ data }) => [...data]))
}

const DIRECTIONS = { forward: 'forward', backward: 'reverse', both: 'bidirectional' } as const

/** Takes and gives [batch, time, features], where ONNX has time first, and ways beside the features. */
export function recurrentNodes(layer: RecurrentLayer, input: string, output: string): OnnxNode[] {
  const { name, type, units, direction, biasInitializer, returnSequences } = layer
  const part = (word: string) => `${name}.${word}`
  const transpose = (from: string, to: string, perm: number[]): OnnxNode => ({
    op: 'Transpose',
    input: [from],
    output: to,
    attributes: { perm },
  })
  const { op, attributes } = OPERATORS[type]
  const operator = {
    op,
    input: [part('turned'), part('W'), part('R'), ...(biasInitializer ? [part('B')] : [])],
    attributes: { ...attributes, hidden_size: units, direction: DIRECTIONS[direction] },
  }
  const turn = transpose(input, part('turned'), [1, 0, 2])
  if (!returnSequences)
    return [
      turn,
      { ...operator, output: part('last'), outputIndex: 1 },
      transpose(part('last'), part('ways'), [1, 0, 2]),
      { op: 'Flatten', input: [part('ways')], output, attributes: { axis: 1 } },
    ]
  const joined = direction === 'backward' ? part('ordered') : output
  const steps: OnnxNode[] = [
    turn,
    { ...operator, output: part('steps') },
    transpose(part('steps'), part('ways'), [2, 0, 1, 3]),
    { op: 'Reshape', input: [part('ways'), part('shape')], output: joined },
  ]
  if (direction !== 'backward') return steps
  // ONNX puts the outputs back into the order of time, Keras leaves them in that of their making.
  const range = ['start', 'end', 'time', 'stride'].map(part)
  return [...steps, { op: 'Slice', input: [joined, ...range], output }]
}

export function recurrentConstants({ name, direction, returnSequences }: RecurrentLayer): OnnxTensor[] {
  const constant = (word: string, ...values: bigint[]): OnnxTensor => ({
    name: `${name}.${word}`,
    dims: [values.length],
    data: BigInt64Array.from(values),
  })
  if (!returnSequences) return []
  // Batch and time as they are.
  const shape = constant('shape', 0n, 0n, -1n)
  if (direction !== 'backward') return [shape]
  const beforeFirst = -(2n ** 63n)
  const range = [constant('start', -1n), constant('end', beforeFirst), constant('time', 1n)]
  return [shape, ...range, constant('stride', -1n)]
}
