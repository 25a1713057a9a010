import { ACTIVATE } from '#network/channels/activate.ts'
import {
  type ChannelPlace,
  type ChannelRule,
  isUsed,
  type Remaining,
  varies,
} from '#network/channels/channel-rule.ts'
import { contributions, isMovable, type KernelView, needsInput } from '#network/channels/kernel-view.ts'
import { type KeptAxis, pick } from '#network/channels/pick.ts'
import type { Extent, Padding } from '#network/layers/options.ts'
import { type Shape, sidesOf } from '#network/shape.ts'
import type { LayerOf } from '#network/topology.ts'

type KernelType = 'dense' | 'conv2d' | 'conv2dTranspose' | 'conv1d' | 'separableConv2d'
type Axis = 'inputs' | 'outputs'

interface Kernels<Type extends KernelType> {
  view(place: ChannelPlace<Type>): KernelView
  /** The option that numbers the output channels. */
  count: 'units' | 'filters'
  /** The axes of each kernel of the smaller layer. */
  axes(
    place: ChannelPlace<Type>,
    axis: (name: Axis) => KeptAxis,
  ): Readonly<Record<string, readonly KeptAxis[]>>
}

/** For a layer that makes each output channel of all input channels by a kernel, a bias and an activation. */
export function mixing<Type extends KernelType>(kernels: Kernels<Type>): ChannelRule<KernelType> {
  // The rule is only used for the types of its row.
  const { view, count, axes } = kernels as unknown as Kernels<KernelType>
  return {
    link({ layer }, { keepOutput }) {
      if (layer.activation === 'softmax') keepOutput()
    },
    constants(place, [input]) {
      const { sums, varying } = contributions(view(place), input!)
      return activated(place.layer, output => (varying[output] ? Number.NaN : sums[output]!), place)
    },
    uses(place, { constants, outputs }, use) {
      const kernel = view(place)
      const used = usedOutputs(place.layer, outputs)
      for (let input = 0; input < kernel.inputs; input++)
        if (!isMovable(constants[0]![input]!, kernel) && needsInput(kernel, input, used)) use(0, input)
    },
    shrink(place, remaining) {
      const used = usedOutputs(place.layer, remaining.outputs)
      const axis = (name: Axis): KeptAxis =>
        name === 'inputs'
          ? {
              length: remaining.inputs[0]!.length,
              kept: remaining.keptInputs[0]!,
              used: remaining.inputs[0]!,
            }
          : { length: used.length, kept: remaining.keptOutputs, used }
      const kernels = Object.entries(axes(place, axis)).map(([word, kept]) => [
        word,
        pick(place.tensor(word)!, kept),
      ])
      const bias = movedInto(place.tensor('bias'), view(place), { ...remaining, outputs: used })
      const { biasInitializer = 'zeros' } = place.layer
      return {
        options: { [count]: remaining.keptOutputs.length, ...(bias && { biasInitializer }) },
        tensors: { ...Object.fromEntries(kernels), ...(bias && { bias }) },
      }
    },
  }
}

/** The activation of a layer on the sum of its inputs and its bias, for each output. */
export function activated(
  { activation }: { activation: LayerOf<KernelType>['activation'] },
  sumOf: (output: number) => number,
  place: Pick<ChannelPlace, 'tensor' | 'outputShape'>,
): Float64Array {
  const channels = place.outputShape.at(-1)!
  if (activation === 'softmax') return varies(channels)
  const bias = place.tensor('bias')
  return Float64Array.from({ length: channels }, (_, output) =>
    ACTIVATE[activation](sumOf(output) + (bias?.[output] ?? 0)),
  )
}

/** Softmax makes each output of all. */
export function usedOutputs(
  { activation }: { activation: LayerOf<KernelType>['activation'] },
  outputs: Uint8Array,
): Uint8Array {
  return activation === 'softmax' && isUsed(outputs) ? new Uint8Array(outputs.length).fill(1) : outputs
}

/** Whether no window of a layer reaches beyond its input. */
export function isUnpadded({
  layer: { kernelSize, strides = 1, padding },
  inputShape,
  outputShape,
}: {
  layer: { kernelSize: Extent; strides?: Extent; padding: Padding }
  inputShape: Shape
  outputShape: Shape
}): boolean {
  if (padding === 'valid') return true
  const [sizes, steps] = [sidesOf(kernelSize), sidesOf(strides)]
  return inputShape
    .slice(0, -1)
    .every((length, axis) => (outputShape[axis]! - 1) * steps[axis]! + sizes[axis]! <= length)
}

/** The bias that remains, with the constants of inputs that are not used; undefined if the layer has none and needs none. */
function movedInto(
  bias: Float32Array | undefined,
  kernel: KernelView,
  { constants, inputs, outputs, keptOutputs }: Remaining,
): Float32Array | undefined {
  const moved = constants[0]!.map((value, input) =>
    !inputs[0]![input] && isMovable(value, kernel) ? value : 0,
  )
  const { sums } = contributions(kernel, moved)
  const values = Float32Array.from(keptOutputs, output =>
    outputs[output] ? (bias?.[output] ?? 0) + sums[output]! : 0,
  )
  return bias || values.some(value => value !== 0) ? values : undefined
}
