import { z } from 'zod'
import type { Refuse } from '#network/check-topology.ts'
import type { KerasJson } from './model-json.ts'
import type { KerasLayer } from './read-layer.ts'

const BatchShape = z.array(z.int().nullable())

/** The shape of an example, from the input layer, the first layer, or the shape with which the model was built. */
export function inputShapeOf(
  { entries, build_input_shape: built, path }: KerasJson,
  refuse: Refuse,
): number[] {
  const index = Math.max(
    entries.findIndex(({ class_name }) => class_name === 'InputLayer'),
    0,
  )
  const { config } = entries[index]!
  const shape = BatchShape.safeParse(config.batch_shape ?? config.batch_input_shape ?? built)
  const [, ...rest] = shape.data ?? []
  if (rest.length === 0 || rest.some(length => length === null || length < 1))
    refuse(`${path}.${index}`, 'must contain the shape of an example: start with an Input of fixed shape')
  return rest as number[]
}

/** Moves the model's output layer to the end, because training uses the last layer as the output. */
export function withOutputLast(
  layers: readonly KerasLayer[],
  outputs: unknown,
  refuse: Refuse,
): readonly KerasLayer[] {
  const names: string[] = []
  const visit = (value: unknown): void => {
    if (!Array.isArray(value)) return
    if (typeof value[0] === 'string') names.push(value[0])
    else for (const inner of value) visit(inner)
  }
  visit(outputs)
  if (names.length > 1)
    refuse('.config.output_layers', 'must be one: networks with several outputs are not supported')
  const [output] = names
  if (output === undefined) return layers
  const last = layers.filter(({ name }) => name === output)
  if (last.length === 0) refuse('.config.output_layers', 'names no layer of the model')
  return [...layers.filter(({ name }) => name !== output), ...last]
}

/** The layers on which the last one depends, and the others. Inputs are kept, because examples must match them. */
export function reachedLayers(layers: readonly KerasLayer[]): {
  layers: readonly KerasLayer[]
  dropped: readonly KerasLayer[]
} {
  const inputsOf = new Map<string, string[]>()
  for (const { name, inputs } of layers) inputsOf.set(name, [...(inputsOf.get(name) ?? []), ...inputs])
  const reached = new Set([layers.at(-1)!.name])
  // The iteration of a set includes elements that are added during it.
  for (const name of reached) for (const input of inputsOf.get(name) ?? []) reached.add(input)
  const isKept = ({ name, className }: KerasLayer) => reached.has(name) || className === 'InputLayer'
  return { layers: layers.filter(isKept), dropped: layers.filter(layer => !isKept(layer)) }
}
