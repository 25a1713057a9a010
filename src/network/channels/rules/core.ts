import {
  type ChannelPlace,
  type ChannelRule,
  type ChannelRules,
  channelsOf,
} from '#network/channels/channel-rule.ts'
import { pick, wholeAxis } from '#network/channels/pick.ts'
import type { CORE_LAYERS } from '#network/layers/core.ts'
import { mixing } from './kernels.ts'

/** Tokens come from the network's input, whose channels stay. A column of equal embeddings is a constant. */
const embedding: ChannelRule<'embedding'> = {
  link(_, { keepInput }) {
    keepInput(0)
  },
  constants(place) {
    const values = place.tensor('embeddings')!
    return Float64Array.from({ length: place.layer.outputDim }, (_, column) =>
      isConstantColumn(place, column) ? values[column]! : Number.NaN,
    )
  },
  uses({ inputShape }, { outputs }, use) {
    if (outputs.includes(1)) for (let token = 0; token < channelsOf(inputShape); token++) use(0, token)
  },
  shrink({ layer, tensor }, { keptOutputs, outputs }) {
    const columns = { length: layer.outputDim, kept: keptOutputs, used: outputs }
    return {
      options: { outputDim: keptOutputs.length },
      tensors: { embeddings: pick(tensor('embeddings')!, [wholeAxis(layer.inputDim), columns]) },
    }
  },
}

function isConstantColumn({ layer, tensor }: ChannelPlace<'embedding'>, column: number): boolean {
  const values = tensor('embeddings')!
  for (let row = 1; row < layer.inputDim; row++)
    if (values[row * layer.outputDim + column] !== values[column]) return false
  return true
}

export const CORE_RULES: ChannelRules<keyof typeof CORE_LAYERS> = {
  dense: mixing<'dense'>({
    count: 'units',
    view: ({ layer, inputShape, tensor }) => ({
      values: tensor('kernel')!,
      windows: 1,
      inputs: channelsOf(inputShape),
      outputs: layer.units,
      strides: [0, layer.units, 1],
      movesConstants: true,
    }),
    axes: (_, axis) => ({ kernel: [axis('inputs'), axis('outputs')] }),
  }),
  embedding,
}
