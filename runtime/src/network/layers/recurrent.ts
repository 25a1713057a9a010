import type { GraphNode } from '../../graph.ts'
import type { BuildLayer, Layer } from '../layer.ts'

type Cell = (GraphNode & { op: 'recurrence' })['cell']

const GATES: Readonly<Record<Cell, number>> = { lstm: 4, gru: 3, simpleRnn: 1 }

/** A gru has a bias for the projections of the input, and one for those of the state. */
const BIASES: Readonly<Record<Cell, 1 | 2>> = { lstm: 1, gru: 2, simpleRnn: 1 }

const recurrent =
  (cell: Cell): BuildLayer =>
  layer => {
    const direction = layer.choice('direction', ['forward', 'backward', 'both'])
    if (direction === 'forward') return recurrence(layer, cell, layer.input, '')
    const reversed = reverse(layer, layer.input)
    if (direction === 'backward') return recurrence(layer, cell, reversed, '')
    const forward = recurrence(layer, cell, layer.input, 'forward/')
    const backward = recurrence(layer, cell, reversed, 'backward/')
    const isSequence = layer.flag('returnSequences')
    const units = 2 * layer.size('units')
    return layer.add({ op: 'concatenation', shape: isSequence ? [layer.sequence()[0], units] : [units] }, [
      forward,
      isSequence ? reverse(layer, backward) : backward,
    ])
  }

export const RECURRENT_LAYERS: Readonly<Record<string, BuildLayer>> = {
  lstm: recurrent('lstm'),
  gru: recurrent('gru'),
  simpleRnn: recurrent('simpleRnn'),
}

/** @param way the part of the names of its weights that names the direction */
function recurrence(layer: Layer, cell: Cell, input: number, way: string): number {
  const [steps, features] = layer.sequence()
  const units = layer.size('units')
  const columns = GATES[cell] * units
  const returnsSequences = layer.flag('returnSequences')
  const biases = layer.has('biasInitializer') ? BIASES[cell] : 0
  const bias =
    biases > 0 ? layer.weight(`${way}bias`, biases === 1 ? [columns] : [biases, columns]) : undefined
  const projections = layer.add(
    {
      op: 'dense',
      shape: [steps, columns],
      kernel: layer.weight(`${way}kernel`, [features, columns]),
      ...(bias && { bias: bias.subarray(0, columns) }),
      activation: { name: 'linear' },
    },
    [input],
  )
  return layer.add(
    {
      op: 'recurrence',
      cell,
      units,
      returnsSequences,
      shape: returnsSequences ? [steps, units] : [units],
      recurrentKernel: layer.weight(`${way}recurrentKernel`, [units, columns]),
      ...(bias && biases > 1 && { stateBias: bias.subarray(columns) }),
    },
    [projections],
  )
}

function reverse(layer: Layer, sequence: number): number {
  return layer.add({ op: 'reversal', shape: layer.shapeOf(sequence) }, [sequence])
}
