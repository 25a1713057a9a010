import type { GraphNode } from '#runtime/src/graph.ts'
import { functionOf } from './activation-functions.ts'

type Recurrence = GraphNode & { op: 'recurrence' }

/** The output of a cell and the rest of its state. */
type State = { output: Float64Array; memory: Float64Array }
type Step = (fromInput: Gates, fromOutput: Gates, before: State) => State
/** The projections of each gate, in Keras's order. */
type Gates = readonly Float64Array[]

/** The outputs [steps, units] of a recurrent layer, or the last one [units]. @param features the width of a step of x */
export function runRecurrence(node: Recurrence, x: Float64Array, features: number): Float64Array {
  const { cell, units, kernel, recurrentKernel, bias, returnsSequences } = node
  const columns = recurrentKernel.length / units
  const biases = [bias?.subarray(0, columns), bias?.subarray(columns, bias.length)]
  const project = (row: Float64Array, weights: Float32Array, offset?: Float32Array): Gates => {
    const sums = Float64Array.from({ length: columns }, (_, column) =>
      row.reduce((sum, value, i) => sum + value * weights[i * columns + column]!, offset?.[column] ?? 0),
    )
    return Array.from({ length: columns / units }, (_, gate) =>
      sums.subarray(gate * units, (gate + 1) * units),
    )
  }
  const outputs: Float64Array[] = []
  let state: State = { output: new Float64Array(units), memory: new Float64Array(units) }
  for (let begin = 0; begin < x.length; begin += features) {
    const fromInput = project(x.subarray(begin, begin + features), kernel, biases[0])
    state = CELLS[cell](fromInput, project(state.output, recurrentKernel, biases[1]), state)
    outputs.push(state.output)
  }
  return returnsSequences ? Float64Array.from(outputs.flatMap(output => [...output])) : outputs.at(-1)!
}

const sigmoid = (z: Float64Array) => z.map(functionOf({ name: 'sigmoid' }))
const tanh = (z: Float64Array) => z.map(Math.tanh)
const sum = (a: Float64Array, b: Float64Array) => a.map((value, i) => value + b[i]!)
const product = (a: Float64Array, b: Float64Array) => a.map((value, i) => value * b[i]!)

const CELLS: Record<Recurrence['cell'], Step> = {
  simpleRnn([fromInput], [fromOutput], { memory }) {
    return { output: tanh(sum(fromInput!, fromOutput!)), memory }
  },

  lstm(fromInput, fromOutput, before) {
    const [enter, keep, candidate, leave] = fromInput.map((gate, i) => sum(gate, fromOutput[i]!))
    const entering = product(sigmoid(enter!), tanh(candidate!))
    const memory = sum(product(sigmoid(keep!), before.memory), entering)
    return { output: product(sigmoid(leave!), tanh(memory)), memory }
  },

  // The reset gate acts after the recurrent kernel (Keras's reset_after).
  gru([inputUpdate, inputReset, inputCandidate], [outputUpdate, outputReset, outputCandidate], before) {
    const update = sigmoid(sum(inputUpdate!, outputUpdate!))
    const reset = sigmoid(sum(inputReset!, outputReset!))
    const candidate = tanh(sum(inputCandidate!, product(reset, outputCandidate!)))
    const output = update.map((share, i) => share * before.output[i]! + (1 - share) * candidate[i]!)
    return { output, memory: before.memory }
  },
}
