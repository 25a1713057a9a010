import type { FloatTensor } from '#formats/named-tensor.ts'
import { biasPair, gateBlocks } from '#interchange/gate-blocks.ts'
import type { RecurrentLayer } from '#network/topology.ts'

/** Keras's gates in PyTorch's order. An LSTM has i, f, c, o in both (i, f, g, o in PyTorch); a GRU has z, r, h in Keras, r, z, n in PyTorch. */
const ORDERS = { lstm: [0, 1, 2, 3], gru: [1, 0, 2], simpleRnn: [0] } as const

/**
 * A variable as in the state_dict of `nn.LSTM`, `nn.GRU` or `nn.RNN(features, units, batch_first=True)`: kernels are `weight_ih_l0` and
 * `weight_hh_l0` [gates units, in]. PyTorch always adds two biases: a GRU has both here too; in other layers the bias is `bias_ih_l0`, and
 * `bias_hh_l0` is zeros. PyTorch has no backward-only layer: such a layer gets the parameters of a forward layer, whose input sequences
 * must be reversed. In a bidirectional layer (`bidirectional=True`) the names of the backward direction end in `_reverse`.
 */
export function recurrentToTorch(
  { type, name }: RecurrentLayer,
  words: string,
  tensor: FloatTensor,
): FloatTensor[] {
  const word = words.slice(words.indexOf('/') + 1)
  const ending = words.startsWith('backward/') ? 'l0_reverse' : 'l0'
  const called = (torchWord: string, weight: FloatTensor): FloatTensor => ({
    ...gateBlocks(weight, ORDERS[type]),
    name: `${name}.${torchWord}_${ending}`,
  })
  if (word === 'kernel') return [called('weight_ih', tensor)]
  if (word === 'recurrentKernel') return [called('weight_hh', tensor)]
  const [ofInput, ofOutput] = biasPair(tensor)
  return [called('bias_ih', ofInput), called('bias_hh', ofOutput)]
}
