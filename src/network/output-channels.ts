import { isExcluded } from './excluded-variables.ts'
import { isRecurrent } from './layers/recurrent.ts'
import type { Network } from './network.ts'
import type { PlacedLayer } from './place-layers.ts'
import { elementCount } from './shape.ts'
import { definitionOf } from './topology.ts'
import { outputAxesOf, type Variable } from './variable.ts'

/** A variable with a slice for each output channel of a layer, seen as [before, channels, after]. */
interface ChannelMember {
  name: string
  view: readonly [before: number, channels: number, after: number]
}

/** The output channels of a kernel, each with all of its weights: a channel is zero once they are. */
export interface OutputChannels {
  /** The name of the kernel, its first member. */
  kernel: string
  channels: number
  /** The weights of one channel, in all members. */
  size: number
  members: readonly ChannelMember[]
}

type Layers = Pick<Network, 'placed'>

/**
 * The kernels of a network whose output channels, or units, can vanish as a whole, in model order. The channels are those of `outputAxesOf`:
 *
 * - Kernels of dense layers, of convolutions and transposed convolutions; each kernel of a depthwise or separable convolution; embeddings,
 *   whose channels are the numbers of a row.
 * - A channel includes the bias of its layer's last kernel, and the gamma and the beta of each batch normalization whose input is that
 *   layer: without weights, such a channel would be a constant instead of zero.
 * - Not in groups: the layers that compute the outputs of the network, which has a fixed number of outputs; recurrent layers, whose units
 *   are spread over the gates of two kernels; variables that `exclude` names (`isExcluded`). A bias, gamma or beta without a kernel in a
 *   group has none either.
 */
export function outputChannelsOf({ placed }: Layers, exclude: readonly string[]): OutputChannels[] {
  const outputs = outputLayers({ placed })
  return placed.flatMap((place, position) => {
    if (outputs.has(position) || isRecurrent(place.layer)) return []
    const variables = [place, ...normalizationsOf(position, placed)].flatMap(variablesAt)
    const kernels = variables.filter(({ kind }) => kind === 'kernel')
    const others = variables.filter(({ kind }) => kind !== 'kernel')
    return kernels.flatMap(kernel => {
      const members = [kernel, ...(kernel === kernels.at(-1) ? others : [])]
      return isExcluded(kernel, exclude) ? [] : [groupsOf(members.filter(one => !isExcluded(one, exclude)))]
    })
  })
}

/** The first of a group's members is its kernel. */
function groupsOf(variables: readonly Variable[]): OutputChannels {
  const members = variables.map((variable): ChannelMember => {
    const [begin, end] = outputAxesOf(variable)
    const { name, shape } = variable
    const sizeOf = (from: number, to?: number) => elementCount(shape.slice(from, to))
    return { name, view: [sizeOf(0, begin), sizeOf(begin, end), sizeOf(end)] }
  })
  const { name: kernel, view } = members[0]!
  const size = members.reduce((sum, { view: [before, , after] }) => sum + before * after, 0)
  return { kernel, channels: view[1], size, members }
}

/** The layers whose kernels compute the outputs: those before the end without another kernel in between. */
function outputLayers({ placed }: Layers): ReadonlySet<number> {
  const found = new Set<number>()
  const seen = new Set<number>()
  const open = [placed.length - 1]
  for (let position = open.pop(); position !== undefined; position = open.pop()) {
    if (position < 0 || seen.has(position)) continue
    seen.add(position)
    const place = placed[position]!
    if (variablesAt(place).some(({ kind }) => kind === 'kernel')) found.add(position)
    else open.push(...place.inputs)
  }
  return found
}

function normalizationsOf(position: number, placed: readonly PlacedLayer[]): PlacedLayer[] {
  return placed.filter(({ layer, inputs }) => layer.type === 'batchNormalization' && inputs[0] === position)
}

function variablesAt(place: PlacedLayer): Variable[] {
  return definitionOf(place.layer).variables(place)
}
