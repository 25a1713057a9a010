import * as tf from '@tensorflow/tfjs-core'
import type { RecurrentLayer } from '#network/topology.ts'
import type { Layer } from './layer.ts'
import { asRows, asSteps } from './rows.ts'

/** The state of a cell between steps, tensors [batch, units]; its output is the first one. */
export type State = readonly tf.Tensor[]

/** The equations of a recurrent layer at one step. */
export interface Cell {
  /** The number of tensors in its state. */
  states: number
  /**
   * Both projections are [batch, gates units], with biases added. @param fromInput the input times the kernel
   * @param fromOutput the previous output times the recurrent kernel
   */
  step(fromInput: tf.Tensor, fromOutput: tf.Tensor, before: State): CellStep
}

export interface CellStep {
  state: State
  /** The gradients at the step's arguments, given the gradients at its state; undefined means zero. */
  pullback(dState: readonly (tf.Tensor | undefined)[]): {
    dFromInput: tf.Tensor
    dFromOutput: tf.Tensor
    dBefore: readonly (tf.Tensor | undefined)[]
  }
}

/**
 * Runs a cell over x [batch, time, in] from a state of zeros: returns the output of every step [batch, time, units], or the last one. The
 * loop over time is unrolled, forward and backward. A backward layer processes the last step first and, as in Keras, returns its outputs in
 * the order in which it computed them.
 */
export function recurrent({ name, units, returnSequences, direction }: RecurrentLayer, cell: Cell): Layer {
  const inOrder = <Item>(items: readonly Item[]) => (direction === 'backward' ? items.toReversed() : items)
  return ({ variables, inputs }) => {
    const x = inputs[0]!
    const kernel = variables[`${name}/kernel`] as tf.Tensor2D
    const recurrentKernel = variables[`${name}/recurrentKernel`] as tf.Tensor2D
    const bias = variables[`${name}/bias`]
    const [inputBias, outputBias] = bias?.rank === 2 ? tf.unstack(bias) : [bias]
    const shifted = (product: tf.Tensor, by: tf.Tensor | undefined) => (by ? tf.add(product, by) : product)
    const products = shifted(tf.matMul(asRows(x), kernel), inputBias)
    const fromInputs = tf.unstack(asSteps(products, x, kernel.shape[1]), 1)
    const start: tf.Tensor = tf.zeros([x.shape[0]!, units])
    const steps = unroll(cell, inOrder(fromInputs), start, output =>
      shifted(tf.matMul(output as tf.Tensor2D, recurrentKernel), outputBias),
    )
    const outputs = steps.map(step => step.state[0]!)
    return {
      y: returnSequences ? tf.stack(outputs, 1) : outputs.at(-1)!,
      pullback(dy) {
        const dOutputs = returnSequences ? tf.unstack(dy, 1) : [...outputs.slice(1).map(() => undefined), dy]
        const { dFromInputs, dFromOutputs } = backThroughTime(steps, dOutputs, recurrentKernel)
        const dFromInput = asRows(tf.stack([...inOrder(dFromInputs)], 1))
        const dFromOutput = tf.concat(dFromOutputs) as tf.Tensor2D
        const dBias = () => tf.sum(dFromInput, 0)
        const before = tf.concat([start, ...outputs.slice(0, -1)]) as tf.Tensor2D
        return {
          gradients: {
            [`${name}/kernel`]: tf.matMul(asRows(x), dFromInput, true),
            [`${name}/recurrentKernel`]: tf.matMul(before, dFromOutput, true),
            ...(bias && {
              [`${name}/bias`]: outputBias ? tf.stack([dBias(), tf.sum(dFromOutput, 0)]) : dBias(),
            }),
          },
          dx: () => asSteps(tf.matMul(dFromInput, kernel, false, true), x, kernel.shape[0]),
        }
      },
    }
  }
}

/** The steps of a cell. @param project multiplies the previous output by the recurrent kernel */
function unroll(
  cell: Cell,
  fromInputs: readonly tf.Tensor[],
  start: tf.Tensor,
  project: (output: tf.Tensor) => tf.Tensor,
): CellStep[] {
  const steps: CellStep[] = []
  let state: State = Array(cell.states).fill(start)
  for (const fromInput of fromInputs) {
    const step = cell.step(fromInput, project(state[0]!), state)
    steps.push(step)
    state = step.state
  }
  return steps
}

/** Backpropagation through time (Werbos 1990): the gradients at the projections of every step, first to last. */
function backThroughTime(
  steps: readonly CellStep[],
  dOutputs: readonly (tf.Tensor | undefined)[],
  recurrentKernel: tf.Tensor2D,
): { dFromInputs: tf.Tensor[]; dFromOutputs: tf.Tensor[] } {
  const [dFromInputs, dFromOutputs]: [tf.Tensor[], tf.Tensor[]] = [[], []]
  let dState: readonly (tf.Tensor | undefined)[] = []
  for (let index = steps.length - 1; index >= 0; index--) {
    const [dOutput, ...rest] = dState
    const { dFromInput, dFromOutput, dBefore } = steps[index]!.pullback([
      sumOf(dOutput, dOutputs[index]),
      ...rest,
    ])
    dFromInputs.unshift(dFromInput)
    dFromOutputs.unshift(dFromOutput)
    if (index === 0) break
    const throughKernel = tf.matMul(dFromOutput as tf.Tensor2D, recurrentKernel, false, true)
    dState = [sumOf(throughKernel, dBefore[0]), ...dBefore.slice(1)]
  }
  return { dFromInputs, dFromOutputs }
}

function sumOf(a: tf.Tensor | undefined, b: tf.Tensor | undefined): tf.Tensor | undefined {
  return a && b ? tf.add(a, b) : (a ?? b)
}
