import type { ChannelPlace, ChannelRule, Constants, Remaining } from '#network/channels/channel-rule.ts'
import { channelsOf, isUsed, varies } from '#network/channels/channel-rule.ts'
import { pick } from '#network/channels/pick.ts'
import type { LayerType } from '#network/topology.ts'

type ByLayer<Type extends LayerType, Value> = (place: ChannelPlace<Type>) => Value

interface Passing<Type extends LayerType> {
  /** Of a place, the value of a channel of the output from that of the input, if the input is constant. */
  constant?: ByLayer<Type, (value: number, channel: number) => number>
  /** Of a place, whether a channel of the output ignores its input; it is constant then. */
  ignores?: ByLayer<Type, (channel: number) => boolean>
  /** The options of the smaller layer. */
  options?: (place: ChannelPlace<Type>, kept: Uint32Array) => object
}

/** For a layer that makes each channel of the output of the same channel of its input. Its tensors have one number per channel. */
export function passing<Type extends LayerType>({
  constant = () => value => value,
  ignores = () => () => false,
  options = () => ({}),
}: Passing<Type> = {}): ChannelRule<Type> {
  return {
    link(place, { tie }) {
      for (let channel = 0; channel < channelsOf(place.outputShape); channel++) tie(0, channel, channel)
    },
    constants(place, [input]) {
      const [output, isIgnored] = [constant(place), ignores(place)]
      return input!.map((value, channel) => output(isIgnored(channel) ? 0 : value, channel))
    },
    uses(place, { outputs }, use) {
      const isIgnored = ignores(place)
      for (const [channel, isOutputUsed] of outputs.entries())
        if (isOutputUsed && !isIgnored(channel)) use(0, channel)
    },
    shrink: (place, { keptOutputs }) => ({
      options: options(place, keptOutputs),
      tensors: perChannelTensors(place, keptOutputs),
    }),
  }
}

const PER_CHANNEL = ['gamma', 'beta', 'movingMean', 'movingVariance', 'mean', 'variance']

function perChannelTensors(
  { tensor }: Pick<ChannelPlace, 'tensor'>,
  kept: Uint32Array,
): Record<string, Float32Array> {
  const tensors = PER_CHANNEL.flatMap(word => {
    const values = tensor(word)
    return values ? [[word, pick(values, [{ length: values.length, kept }])] as const] : []
  })
  return Object.fromEntries(tensors)
}

/**
 * For a layer whose outputs depend on all channels of its inputs in another way: all of them stay, and all inputs are used if any output
 * is.
 */
export const BARRIER: ChannelRule = {
  link(place, { keepInput, keepOutput }) {
    for (const input of place.inputShapes.keys()) keepInput(input)
    keepOutput()
  },
  constants: ({ outputShape }) => varies(channelsOf(outputShape)),
  uses({ inputShapes }, { outputs }, use) {
    if (!isUsed(outputs)) return
    for (const [input, shape] of inputShapes.entries())
      for (let channel = 0; channel < channelsOf(shape); channel++) use(input, channel)
  },
  shrink: () => ({ options: {}, tensors: {} }),
}

/** A rule that depends on the options. */
export function choose<Type extends LayerType>(
  ruleOf: (place: ChannelPlace<Type>) => ChannelRule<Type>,
): ChannelRule<Type> {
  return {
    link: (place, links) => ruleOf(place).link(place, links),
    constants: (place, inputs: readonly Constants[]) => ruleOf(place).constants(place, inputs),
    uses: (place, uses, use) => ruleOf(place).uses(place, uses, use),
    shrink: (place, remaining: Remaining) => ruleOf(place).shrink(place, remaining),
  }
}
