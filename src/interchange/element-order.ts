import type { PlacedLayer } from '#network/place-layers.ts'
import { definitionOf } from '#network/topology.ts'

/** For each position in a vector of a channels-first framework, the position of that element in the vector here. */
export type ElementOrder = Int32Array

/**
 * The order of the elements in each layer's output if images are stored channels first: the elements of a flattened image are then ordered
 * by channel, row and column, and later layers keep that order as long as they work in place. Undefined if the order is the same as here.
 */
export function elementOrders(placed: readonly PlacedLayer[]): (ElementOrder | undefined)[] {
  const orders: (ElementOrder | undefined)[] = []
  for (const layer of placed) orders.push(orderOf(layer, inputs => orders[inputs], placed))
  return orders
}

function orderOf(
  { layer, inputs, inputShape }: PlacedLayer,
  at: (position: number) => ElementOrder | undefined,
  placed: readonly PlacedLayer[],
): ElementOrder | undefined {
  const orders = inputs.map(at)
  if (layer.type === 'flatten') return inputShape.length === 3 ? channelsFirst(inputShape) : orders[0]
  if (orders.every(order => order === undefined)) return undefined
  if (definitionOf(layer).elements === 'inPlace')
    return orders.every(order => isEqual(order, orders[0])) ? orders[0] : undefined
  if (layer.type !== 'concatenate') return undefined
  const lengths = inputs.map(input => placed[input]!.outputShape[0]!)
  return concatenated(orders, lengths)
}

function channelsFirst([height, width, channels]: readonly number[]): ElementOrder {
  const pixels = height! * width!
  return Int32Array.from({ length: pixels * channels! }, (_, position) => {
    const [channel, pixel] = [Math.floor(position / pixels), position % pixels]
    return pixel * channels! + channel
  })
}

function concatenated(
  orders: readonly (ElementOrder | undefined)[],
  lengths: readonly number[],
): ElementOrder {
  const whole = new Int32Array(lengths.reduce((sum, length) => sum + length, 0))
  let start = 0
  for (const [index, length] of lengths.entries()) {
    for (let i = 0; i < length; i++) whole[start + i] = start + (orders[index]?.[i] ?? i)
    start += length
  }
  return whole
}

function isEqual(one: ElementOrder | undefined, other: ElementOrder | undefined): boolean {
  if (one === other) return true
  return one?.length === other?.length && Boolean(one?.every((position, i) => position === other![i]))
}
