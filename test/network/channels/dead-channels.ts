import type { FloatTensor } from '#formats/named-tensor.ts'
import { removeChannels } from '#network/channels/remove-channels.ts'
import { resolveNetwork } from '#network/network.ts'
import { type Random, randomStream } from '#network/random.ts'
import { elementCount } from '#network/shape.ts'
import type { Topology } from '#network/topology.ts'
import { outputAxesOf } from '#network/variable.ts'
import { predict, someInputs } from '#test/support/predict.ts'

export type Values = Map<string, Float32Array>

/** Normal random numbers, kernels scaled so that no layer grows much; variances are between 0.5 and 1.5. */
export function someValues(topology: Topology, seed = 1): Values {
  const { variables, statistics } = resolveNetwork(topology)
  const draw = (name: string, shape: readonly number[], value: (random: Random) => number) => {
    const random = randomStream(seed, 'values', name)
    return [name, new Float32Array(elementCount(shape)).map(() => value(random))] as const
  }
  return new Map([
    ...variables.map(({ name, shape, kind, fanIn }) => {
      const deviation = kind === 'kernel' ? 1.5 / Math.sqrt(fanIn) : 0.7
      return draw(name, shape, random => deviation * random.normal())
    }),
    ...statistics.map(({ name, shape }) => {
      const isVariance = name.toLowerCase().endsWith('variance')
      return draw(name, shape, random => (isVariance ? 0.5 + random.next() : 0.7 * random.normal()))
    }),
  ])
}

/** Sets some output channels of every kernel, and some gammas, to zero, some of these with their bias, and some rows of input weights. */
export function plantZeros(topology: Topology, values: Values, random: Random, share: number): void {
  for (const variable of resolveNetwork(topology).variables) {
    const { name, shape, kind } = variable
    const data = values.get(name)!
    const chosen = (count: number) => Array.from({ length: count }, () => random.next() < share)
    if (kind === 'gamma' || kind === 'beta') zeroWhere(data, chosen(data.length), 1)
    if (kind === 'bias') zeroWhere(data, chosen(shape.at(-1)!), 1)
    if (kind !== 'kernel') continue
    const [begin, end] = outputAxesOf(variable)
    zeroWhere(data, chosen(elementCount(shape.slice(begin, end))), elementCount(shape.slice(end)))
    const input = begin === 0 ? 1 : begin - 1
    zeroWhere(data, chosen(shape[input] ?? 1), elementCount(shape.slice(input + 1)))
  }
}

/** @param period of the axis: the product of the lengths after it */
function zeroWhere(data: Float32Array, isZero: readonly boolean[], period: number): void {
  for (let i = 0; i < data.length; i++) if (isZero[Math.floor(i / period) % isZero.length]) data[i] = 0
}

/** The outputs of a network for a few examples, on the engine. */
export function outputsOf(topology: Topology, values: ReadonlyMap<string, Float32Array>, batch = 3) {
  const { variables, statistics } = resolveNetwork(topology)
  const toTensor = ({ name, shape }: { name: string; shape: readonly number[] }): FloatTensor => ({
    name,
    shape,
    dtype: 'F32',
    data: values.get(name)!,
  })
  const model = { topology, weights: variables.map(toTensor), statistics: statistics.map(toTensor) }
  return predict(model as never, someInputs(topology, batch), batch)
}

/** The channels that each layer with kernels has after the removal. */
export function channelsLeft(topology: Topology, values: Values): Record<string, number> {
  const { removed } = removeChannels(topology, values)
  return Object.fromEntries(
    removed.map(({ layer, channels, removed: gone }) => [layer, channels - gone.length]),
  )
}
