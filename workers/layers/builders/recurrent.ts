import * as tf from '@tensorflow/tfjs-core'
import type { RECURRENT_LAYERS } from '#network/layers/recurrent.ts'
import type { RecurrentLayer } from '#network/topology.ts'
import { gruCell } from '#workers/layers/gru-cell.ts'
import type { Layer } from '#workers/layers/layer.ts'
import { lstmCell } from '#workers/layers/lstm-cell.ts'
import { type Cell, recurrent } from '#workers/layers/recurrent.ts'
import { simpleRnnCell } from '#workers/layers/simple-rnn-cell.ts'
import type { LayerBuilders } from './layer-builder.ts'

export const RECURRENT_BUILDERS: LayerBuilders<keyof typeof RECURRENT_LAYERS> = {
  lstm: ({ layer }) => withDirection(layer, lstmCell),
  gru: ({ layer }) => withDirection(layer, gruCell),
  simpleRnn: ({ layer }) => withDirection(layer, simpleRnnCell),
}

function withDirection(layer: RecurrentLayer, cell: Cell): Layer {
  return layer.direction === 'both' ? bidirectional(layer, cell) : recurrent(layer, cell)
}

/** One layer in each direction, their outputs concatenated: those of every step, or the last one of each (Schuster and Paliwal 1997). */
function bidirectional(layer: RecurrentLayer, cell: Cell): Layer {
  const oneWay = (direction: 'forward' | 'backward') =>
    recurrent({ ...layer, name: `${layer.name}/${direction}`, direction }, cell)
  const [forward, backward] = [oneWay('forward'), oneWay('backward')]
  const inTimeOrder = (x: tf.Tensor) => (layer.returnSequences ? tf.reverse(x, 1) : x)
  return call => {
    const [there, back] = [forward(call), backward(call)]
    const features = there.y.rank - 1
    return {
      y: tf.concat([there.y, inTimeOrder(back.y)], features),
      pullback(dy) {
        const [dThere, dBack] = tf.split(dy, 2, features) as [tf.Tensor, tf.Tensor]
        const [ofThere, ofBack] = [there.pullback(dThere), back.pullback(inTimeOrder(dBack))]
        return {
          gradients: { ...ofThere.gradients, ...ofBack.gradients },
          dx: input => tf.add(ofThere.dx(input), ofBack.dx(input)),
        }
      },
    }
  }
}
