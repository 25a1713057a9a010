import { type PlacedLayer, placeLayers, shapeAt } from '#network/place-layers.ts'
import type { Topology } from '#network/topology.ts'
import { ChannelGroups } from './channel-groups.ts'
import { type ChannelPlace, type Constants, channelsOf, varies } from './channel-rule.ts'
import { ruleOf } from './rules/rules.ts'

/** The values of variables and statistics by name, in row-major order. */
export type TensorValues = ReadonlyMap<string, Float32Array>

/** The channels of one layer's output. */
export interface LayerChannels {
  place: ChannelPlace
  constants: Constants
  /** 1 for each channel whose values the network's output depends on. */
  used: Uint8Array
  /** Those that remain, ascending: at least one. */
  kept: Uint32Array
}

/**
 * Finds the channels that do nothing. A channel is used if a used channel of a later layer has a weight for it that is not zero, and the
 * channel is not a constant that can move into a bias; every output of the network is used. A channel goes if neither it nor a channel that
 * is tied to it is used or must stay. The first channel of a layer stays if all others go.
 */
export function findChannels(topology: Topology, values: TensorValues): LayerChannels[] {
  const places = placesOf(topology, values)
  const inputChannels = channelsOf(topology.inputShape)
  const constants = findConstants(places, varies(inputChannels))
  const used = findUsed(places, constants, inputChannels)
  const groups = new ChannelGroups(places, inputChannels)
  const kept = keptGroups(groups, places.length, used)
  return places.map((place, position) => ({
    place,
    constants: constants[position]!,
    used: used[position]!,
    kept: Uint32Array.from(used[position]!.keys()).filter(channel => kept[groups.of(position, channel)]),
  }))
}

function placesOf(topology: Topology, values: TensorValues): ChannelPlace[] {
  const placed = placeLayers(topology)
  return placed.map((place: PlacedLayer) => ({
    ...place,
    inputShapes: place.inputs.map(input => shapeAt(input, placed, topology.inputShape)),
    tensor: (word: string) => values.get(`${place.layer.name}/${word}`),
  }))
}

/** Forward. */
function findConstants(places: readonly ChannelPlace[], ofInput: Constants): Constants[] {
  const constants: Constants[] = []
  for (const place of places) {
    const inputs = place.inputs.map(input => constants[input] ?? ofInput)
    // A number that is not finite has no rule.
    constants.push(
      ruleOf(place.layer)
        .constants(place, inputs)
        .map(value => (Number.isFinite(value) ? value : Number.NaN)),
    )
  }
  return constants
}

/** Backward: each layer after all that take its output. */
function findUsed(
  places: readonly ChannelPlace[],
  constants: readonly Constants[],
  inputChannels: number,
): Uint8Array[] {
  const used = places.map(({ outputShape }) => new Uint8Array(channelsOf(outputShape)))
  used.at(-1)!.fill(1)
  for (const [position, place] of [...places.entries()].reverse()) {
    const uses = {
      constants: place.inputs.map(input => constants[input] ?? varies(inputChannels)),
      outputs: used[position]!,
    }
    ruleOf(place.layer).uses(place, uses, (input, channel) => {
      const channels = used[place.inputs[input]!]
      if (channels) channels[channel] = 1
    })
  }
  return used
}

/** 1 for each group that remains. */
function keptGroups(groups: ChannelGroups, layers: number, used: readonly Uint8Array[]): Uint8Array {
  const kept = new Uint8Array(groups.count)
  const eachChannel = (visit: (position: number, channel: number) => void) => {
    for (let position = 0; position < layers; position++)
      for (let channel = 0; channel < groups.channelsAt(position); channel++) visit(position, channel)
  }
  eachChannel((position, channel) => {
    const group = groups.of(position, channel)
    if (used[position]![channel] || groups.stays(group)) kept[group] = 1
  })
  for (let position = 0; position < layers; position++) {
    const channels = Array.from({ length: groups.channelsAt(position) }, (_, channel) => channel)
    if (!channels.some(channel => kept[groups.of(position, channel)])) kept[groups.of(position, 0)] = 1
  }
  return kept
}
