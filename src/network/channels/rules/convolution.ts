import {
  type ChannelPlace,
  type ChannelRule,
  type ChannelRules,
  channelsOf,
} from '#network/channels/channel-rule.ts'
import type { KernelView } from '#network/channels/kernel-view.ts'
import { groupedAxis, pick, wholeAxis } from '#network/channels/pick.ts'
import type { CONVOLUTION_LAYERS } from '#network/layers/convolution.ts'
import { elementCount, sidesOf } from '#network/shape.ts'
import { activated, isUnpadded, mixing, usedOutputs } from './kernels.ts'

function windowsOf({ layer, inputShape }: ChannelPlace<keyof typeof CONVOLUTION_LAYERS>): number {
  return elementCount(sidesOf(layer.kernelSize).slice(0, inputShape.length - 1))
}

/** Of a kernel [window, in, out]. */
function windowView(place: ChannelPlace<'conv1d' | 'conv2d'>): KernelView {
  const [inputs, outputs] = [channelsOf(place.inputShape), place.layer.filters]
  return {
    values: place.tensor('kernel')!,
    windows: windowsOf(place),
    inputs,
    outputs,
    strides: [inputs * outputs, outputs, 1],
    movesConstants: isUnpadded(place),
  }
}

const convolution = mixing<'conv1d' | 'conv2d'>({
  count: 'filters',
  view: windowView,
  axes: (place, axis) => ({ kernel: [wholeAxis(windowsOf(place)), axis('inputs'), axis('outputs')] }),
})

/** The kernel [window, in, out] of one convolution that equals both of a separable one. */
function joinedKernel(place: ChannelPlace<'separableConv2d'>): Float64Array {
  const { depthMultiplier: multiplier, filters } = place.layer
  const [windows, inputs] = [windowsOf(place), channelsOf(place.inputShape)]
  const [depthwise, pointwise] = [place.tensor('depthwiseKernel')!, place.tensor('pointwiseKernel')!]
  const joined = new Float64Array(windows * inputs * filters)
  for (let row = 0; row < windows * inputs; row++) {
    for (let copy = 0; copy < multiplier; copy++) {
      const weight = depthwise[row * multiplier + copy]!
      if (weight === 0) continue
      const start = ((row % inputs) * multiplier + copy) * filters
      for (let output = 0; output < filters; output++)
        joined[row * filters + output]! += weight * pointwise[start + output]!
    }
  }
  return joined
}

/** Each channel of the output belongs to one channel of the input, of which there are `depthMultiplier`. */
const depthwise: ChannelRule<'depthwiseConv2d'> = {
  link({ layer, outputShape }, { tie, keepOutput }) {
    if (layer.activation === 'softmax') keepOutput()
    for (let output = 0; output < channelsOf(outputShape); output++)
      tie(0, Math.floor(output / layer.depthMultiplier), output)
  },
  constants(place, [input]) {
    const isMoved = isUnpadded(place)
    return activated(
      place.layer,
      output => {
        const value = input![Math.floor(output / place.layer.depthMultiplier)]!
        const { sum, isZero } = windowOf(place, output)
        if (isZero || value === 0) return 0
        return isMoved ? value * sum : Number.NaN
      },
      place,
    )
  },
  uses(place, { outputs }, use) {
    for (const [output, isOutputUsed] of usedOutputs(place.layer, outputs).entries())
      if (isOutputUsed && !windowOf(place, output).isZero)
        use(0, Math.floor(output / place.layer.depthMultiplier))
  },
  shrink(place, { keptInputs, keptOutputs }) {
    const { layer, inputShape, outputShape, tensor } = place
    const inputs = { length: channelsOf(inputShape), kept: keptInputs[0]! }
    const bias = tensor('bias')
    const axes = [wholeAxis(windowsOf(place)), inputs, wholeAxis(layer.depthMultiplier)]
    return {
      options: {},
      tensors: {
        depthwiseKernel: pick(tensor('depthwiseKernel')!, axes),
        ...(bias && { bias: pick(bias, [{ length: channelsOf(outputShape), kept: keptOutputs }]) }),
      },
    }
  },
}

/** The weights of one output channel. */
function windowOf(place: ChannelPlace<'depthwiseConv2d'>, output: number): { sum: number; isZero: boolean } {
  const kernel = place.tensor('depthwiseKernel')!
  const channels = channelsOf(place.outputShape)
  let [sum, isZero] = [0, true]
  for (let at = output; at < kernel.length; at += channels) {
    sum += kernel[at]!
    isZero &&= kernel[at] === 0
  }
  return { sum, isZero }
}

export const CONVOLUTION_RULES: ChannelRules<keyof typeof CONVOLUTION_LAYERS> = {
  conv1d: convolution,
  conv2d: convolution,
  depthwiseConv2d: depthwise,
  separableConv2d: mixing<'separableConv2d'>({
    count: 'filters',
    view(place) {
      const [inputs, outputs] = [channelsOf(place.inputShape), place.layer.filters]
      return {
        values: joinedKernel(place),
        windows: windowsOf(place),
        inputs,
        outputs,
        strides: [inputs * outputs, outputs, 1],
        movesConstants: isUnpadded(place),
      }
    },
    axes(place, axis) {
      const { depthMultiplier } = place.layer
      return {
        depthwiseKernel: [wholeAxis(windowsOf(place)), axis('inputs'), wholeAxis(depthMultiplier)],
        pointwiseKernel: [groupedAxis(axis('inputs'), depthMultiplier), axis('outputs')],
      }
    },
  }),
  /** The windows of the output overlap less at its edges, so only a constant of 0 adds the same everywhere. The kernel is [window, out, in]. */
  conv2dTranspose: mixing<'conv2dTranspose'>({
    count: 'filters',
    view(place) {
      const [inputs, outputs] = [channelsOf(place.inputShape), place.layer.filters]
      return {
        values: place.tensor('kernel')!,
        windows: windowsOf(place),
        inputs,
        outputs,
        strides: [inputs * outputs, 1, inputs],
        movesConstants: false,
      }
    },
    axes: (place, axis) => ({ kernel: [wholeAxis(windowsOf(place)), axis('outputs'), axis('inputs')] }),
  }),
}
