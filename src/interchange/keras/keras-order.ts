import type { PlacedLayer } from '#network/place-layers.ts'

/**
 * The positions of the layers in the order in which Keras 3 numbers the weights of a functional model: by descending distance from the
 * output, then in the order of a depth-first search from the output (keras/src/ops/function.py, map_graph).
 */
export function kerasOrder(placed: readonly PlacedLayer[]): number[] {
  const distance = placed.map(() => 0)
  for (const [position, { inputs }] of [...placed.entries()].reverse()) {
    for (const input of inputs)
      if (input >= 0) distance[input] = Math.max(distance[input]!, distance[position]! + 1)
  }
  const met = new Map<number, number>()
  const search = (position: number): void => {
    if (position < 0 || met.has(position)) return
    met.set(position, met.size)
    for (const input of placed[position]!.inputs) search(input)
  }
  search(placed.length - 1)
  return [...placed.keys()].sort((a, b) => distance[b]! - distance[a]! || met.get(a)! - met.get(b)!)
}
