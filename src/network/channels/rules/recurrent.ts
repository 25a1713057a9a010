import {
  type ChannelRule,
  type ChannelRules,
  channelsOf,
  isUsed,
  varies,
} from '#network/channels/channel-rule.ts'
import { type KernelView, needsInput } from '#network/channels/kernel-view.ts'
import { pick, wholeAxis } from '#network/channels/pick.ts'
import { type RECURRENT_LAYERS, waysOf } from '#network/layers/recurrent.ts'
import type { RecurrentLayer } from '#network/topology.ts'

type RecurrentType = keyof typeof RECURRENT_LAYERS

/** All units stay, because each depends on all of them at the step before. Input channels whose weights, or values, are 0 may go. */
const recurrent: ChannelRule<RecurrentType> = {
  link(_, { keepOutput }) {
    keepOutput()
  },
  constants: ({ outputShape }) => varies(channelsOf(outputShape)),
  uses(place, { constants, outputs }, use) {
    if (!isUsed(outputs)) return
    const inputs = channelsOf(place.inputShape)
    for (const word of kernelWords(place.layer)) {
      const view = kernelView(place.tensor(word)!, inputs)
      const gates = new Uint8Array(view.outputs).fill(1)
      for (let input = 0; input < inputs; input++)
        if (constants[0]![input] !== 0 && needsInput(view, input, gates)) use(0, input)
    }
  },
  shrink({ layer, inputShape, tensor }, { keptInputs, inputs }) {
    const rows = { length: channelsOf(inputShape), kept: keptInputs[0]!, used: inputs[0]! }
    const kernels = kernelWords(layer).map(word => {
      const values = tensor(word)!
      return [word, pick(values, [rows, wholeAxis(values.length / rows.length)])]
    })
    return { options: {}, tensors: Object.fromEntries(kernels) }
  },
}

function kernelWords(layer: RecurrentLayer): string[] {
  return waysOf(layer).map(way => `${way}/kernel`.slice(layer.name.length + 1))
}

function kernelView(values: Float32Array, inputs: number): KernelView {
  const outputs = values.length / inputs
  return { values, windows: 1, inputs, outputs, strides: [0, outputs, 1], movesConstants: false }
}

export const RECURRENT_RULES: ChannelRules<RecurrentType> = {
  lstm: recurrent,
  gru: recurrent,
  simpleRnn: recurrent,
}
