/** An entry of a Keras model's list of layers, unchecked. */
type Entry = Readonly<Record<string, unknown>>

/** What operators of Keras 3 are called, by the layer that does the same with several tensors. */
const MERGES: ReadonlyMap<unknown, string> = new Map([
  ['Add', 'Add'],
  ['Multiply', 'Multiply'],
])

/** What an operator with a number on its other side does to a tensor. */
const WITH_NUMBER: ReadonlyMap<unknown, (number: number) => { scale: number; offset: number }> = new Map([
  ['Add', (offset: number) => ({ scale: 1, offset })],
  ['Subtract', (number: number) => ({ scale: 1, offset: -number })],
  ['Multiply', (scale: number) => ({ scale, offset: 0 })],
  ['Divide', (number: number) => ({ scale: 1 / number, offset: 0 })],
  ['TrueDivide', (number: number) => ({ scale: 1 / number, offset: 0 })],
])

/**
 * Keras 3 writes `x + y` and `x * 0.5` of a functional model as operators of their own: the former as the layer that does the same, the
 * latter as a Rescaling. Any other entry as it is.
 */
export function withoutOperators(entry: Entry): Entry {
  if (!String(entry.module).startsWith('keras.src.ops.')) return entry
  const [node] = entry.inbound_nodes as { args?: unknown[] }[]
  const { args = [] } = node ?? {}
  const number = args.find(value => typeof value === 'number')
  const tensors = args.filter(value => typeof value !== 'number')
  const isReversed = typeof args[0] === 'number'
  const change = isReversed && !MERGES.has(entry.class_name) ? undefined : WITH_NUMBER.get(entry.class_name)
  const asLayer = (class_name: string, config: object, inputs: unknown) => ({
    ...entry,
    class_name,
    config: { ...(entry.config as object), ...config },
    inbound_nodes: [{ ...node, args: [inputs] }],
  })
  if (args.length === 2 && tensors.length === 1 && change)
    return asLayer('Rescaling', change(number!), tensors[0])
  const merge = MERGES.get(entry.class_name)
  return merge && args.length === 2 && tensors.length === 2 ? asLayer(merge, {}, tensors) : entry
}
