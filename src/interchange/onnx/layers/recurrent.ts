import type { FloatTensor } from '#formats/named-tensor.ts'
import { biasPair, gateBlocks } from '#interchange/gate-blocks.ts'
import type { OnnxNode, OnnxTensor } from '#interchange/onnx/onnx-messages.ts'
import { waysOf } from '#network/layers/recurrent.ts'
import type { RecurrentLayer } from '#network/topology.ts'
import type { OnnxPorts, OnnxWriters } from './onnx-writer.ts'

/** ONNX's operators, and Keras's gates in ONNX's order: i, o, f, c in an LSTM; z, r, h in a GRU, as in Keras. */
const OPERATORS = {
  lstm: { op: 'LSTM', order: [0, 3, 1, 2], attributes: {} },
  gru: { op: 'GRU', order: [0, 1, 2], attributes: { linear_before_reset: 1 } },
  simpleRnn: { op: 'RNN', order: [0], attributes: {} },
} as const

/**
 * ONNX's W [ways, gates units, in], R [ways, gates units, units] and B [ways, 2 gates units], the biases of the input and of the
 * previous output.
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

const recurrentPart = ({ layer }: { layer: RecurrentLayer }, { inputs, output }: OnnxPorts) => ({
  nodes: recurrentNodes(layer, inputs[0]!, output),
  constants: recurrentConstants(layer),
})

export const RECURRENT_WRITERS: OnnxWriters<RecurrentLayer['type']> = {
  lstm: recurrentPart,
  gru: recurrentPart,
  simpleRnn: recurrentPart,
}

const DIRECTIONS = { forward: 'forward', backward: 'reverse', both: 'bidirectional' } as const

/**
 * Converts between inputs and outputs [batch, time, features] and those of ONNX, which have time first and a separate axis for the
 * directions.
 */
function recurrentNodes(layer: RecurrentLayer, input: string, output: string): OnnxNode[] {
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
  // ONNX returns outputs in the order of time, Keras in the order in which they were computed.
  const range = ['start', 'end', 'time', 'stride'].map(part)
  return [...steps, { op: 'Slice', input: [joined, ...range], output }]
}

function recurrentConstants({ name, direction, returnSequences }: RecurrentLayer): OnnxTensor[] {
  const constant = (word: string, ...values: bigint[]): OnnxTensor => ({
    name: `${name}.${word}`,
    dims: [values.length],
    data: BigInt64Array.from(values),
  })
  if (!returnSequences) return []
  // 0 keeps the batch and time axes.
  const shape = constant('shape', 0n, 0n, -1n)
  if (direction !== 'backward') return [shape]
  const beforeFirst = -(2n ** 63n)
  const range = [constant('start', -1n), constant('end', beforeFirst), constant('time', 1n)]
  return [shape, ...range, constant('stride', -1n)]
}
