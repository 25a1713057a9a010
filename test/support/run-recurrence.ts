import type { GraphNode } from '#runtime/src/graph.ts'
import { functionOf } from './activation-functions.ts'

type Recurrence = GraphNode & { op: 'recurrence' }

/** The output of a cell and the rest of its state. */
type State = { output: Float64Array; memory: Float64Array }
type Step = (fromInput: Gates, fromOutput: Gates, before: State) => State
/** The projections of each gate, in Keras's order. */
type Gates = readonly Float64Array[]

/** The outputs [steps, units] of a recurrence, or the last one [units]. @param inputs [steps, gates units] */
export function runRecurrence(node: Recurrence, inputs: Float64Array): Float64Array {
  const { cell, units, recurrentKernel, stateBias, returnsSequences } = node
  const columns = recurrentKernel.length / units
  const gatesOf = (row: Float64Array): Gates =>
    Array.from({ length: columns / units }, (_, gate) => row.subarray(gate * units, (gate + 1) * units))
  const project = (output: Float64Array) =>
    new Float64Array(columns).map((_, column) =>
      output.reduce(
        (sum, value, i) => sum + value * recurrentKernel[i * columns + column]!,
        stateBias?.[column] ?? 0,
      ),
    )
  const outputs: Float64Array[] = []
  let state: State = { output: new Float64Array(units), memory: new Float64Array(units) }
  for (let begin = 0; begin < inputs.length; begin += columns) {
    const fromInput = gatesOf(inputs.subarray(begin, begin + columns))
    state = CELLS[cell](fromInput, gatesOf(project(state.output)), state)
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
