import type { Network } from '#network/network.ts'
import { type OutputChannels, outputChannelsOf } from '#network/output-channels.ts'
import { type OptimizerSpec, thresholdOf } from '#optimization/optimizer-spec.ts'
import type { FloatTensor } from './named-tensor.ts'

/** The output channels that the threshold of an optimizer applies to as a whole, if it has such a threshold. */
export function groupsOf(optimizer: OptimizerSpec, network: Network): OutputChannels[] {
  const rule = thresholdOf(optimizer)
  return rule?.group ? outputChannelsOf(network, rule.exclude) : []
}

/**
 * The variables of groups without the share of each channel that a threshold takes, by name; in float32 arithmetic, as on the device.
 * @param shareOf the shares of the channels of a group
 */
export function shrinkChannels(
  groups: readonly OutputChannels[],
  accumulator: readonly FloatTensor[],
  shareOf: (group: OutputChannels) => Float32Array,
): Map<string, FloatTensor> {
  const shrunk = groups.flatMap(group => {
    const shares = shareOf(group)
    return group.members.map(({ name, view: [, channels, after] }) => {
      const v = accumulator.find(tensor => tensor.name === name)!
      const data = v.data.map(
        (value, i) => value - Math.fround(value * shares[Math.floor(i / after) % channels]!),
      )
      return [name, { ...v, data }] as const
    })
  })
  return new Map(shrunk)
}

/** The root mean square of each channel [channels], over all members. */
export function rootMeanSquares(
  { channels, size, members }: OutputChannels,
  accumulator: readonly FloatTensor[],
): Float32Array {
  const squares = new Float64Array(channels)
  for (const { name, view } of members) {
    const { data } = accumulator.find(tensor => tensor.name === name)!
    for (let i = 0; i < data.length; i++) squares[Math.floor(i / view[2]) % channels]! += data[i]! ** 2
  }
  return Float32Array.from(squares, sum => Math.sqrt(sum / size))
}

/** The share that a threshold takes from channels with these root mean squares: min(1, l1 / rms). */
export function shrinkageAt(roots: Float32Array, l1: number): Float32Array {
  return roots.map(root => (root <= l1 ? 1 : l1 / root))
}
