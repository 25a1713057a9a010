/** An unchecked entry of a Keras model's list of layers. */
export type Entry = Readonly<Record<string, unknown>>

/** The effect of an operator on a tensor on its left and a number on its right. */
const WITH_NUMBER = {
  Add: (offset: number) => ({ scale: 1, offset }),
  Subtract: (number: number) => ({ scale: 1, offset: -number }),
  Multiply: (scale: number) => ({ scale, offset: 0 }),
  Divide: (number: number) => ({ scale: 1 / number, offset: 0 }),
}
type Operator = keyof typeof WITH_NUMBER

/** Operators on tensors that exist as layers; they commute, so a number may be on either side. */
const MERGES: ReadonlySet<Operator> = new Set<Operator>(['Add', 'Multiply'])

/** Keys are classes of Keras 3 and, for Keras 2, functions of TensorFlow. */
const OPERATORS: ReadonlyMap<unknown, Operator> = new Map<unknown, Operator>([
  ['Add', 'Add'],
  ['Subtract', 'Subtract'],
  ['Multiply', 'Multiply'],
  ['Divide', 'Divide'],
  ['TrueDivide', 'Divide'],
  ['__operators__.add', 'Add'],
  ['math.add', 'Add'],
  ['math.subtract', 'Subtract'],
  ['math.multiply', 'Multiply'],
  ['math.divide', 'Divide'],
  ['math.truediv', 'Divide'],
])

/**
 * Keras writes `x + y` and `x * 0.5` in a functional model as operators. The former becomes the equivalent layer, the latter a Rescaling.
 * Any other entry is unchanged.
 */
export function withoutOperators(entry: Entry): Entry {
  const call = operands(entry)
  const operator = call && OPERATORS.get(call.operator)
  if (!call || !operator || call.values.length !== 2) return entry
  const tensors = call.values.filter(value => typeof value !== 'number')
  const number = call.values.find(value => typeof value === 'number')
  const { name } = entry.config as Entry
  if (number === undefined)
    return MERGES.has(operator)
      ? {
          ...entry,
          module: 'keras.layers',
          class_name: operator,
          config: { name },
          inbound_nodes: [call.node(tensors)],
        }
      : entry
  if (tensors.length !== 1 || (typeof call.values[0] === 'number' && !MERGES.has(operator))) return entry
  const config = { name, ...WITH_NUMBER[operator](number) }
  return {
    ...entry,
    module: 'keras.layers',
    class_name: 'Rescaling',
    config,
    inbound_nodes: [call.node(tensors)],
  }
}

interface Operands {
  operator: unknown
  values: readonly unknown[]
  /** A call of a layer with these tensors, in the form of the same version of Keras. */
  node(tensors: readonly unknown[]): unknown
}

/** The operands of an operator; undefined for other entries. */
function operands({ module, class_name: kind, config, inbound_nodes: nodes }: Entry): Operands | undefined {
  const [node] = Array.isArray(nodes) && nodes.length === 1 ? nodes : []
  if (typeof config !== 'object' || config === null || typeof node !== 'object' || node === null)
    return undefined
  if (typeof module === 'string' && module.startsWith('keras.src.ops.')) {
    const { args } = node as { args?: unknown }
    if (!Array.isArray(args)) return undefined
    return { operator: kind, values: args, node: tensors => ({ args: [tensors], kwargs: {} }) }
  }
  if (kind !== 'TFOpLambda' || !Array.isArray(node)) return undefined
  // ["layer", 0, 0, { "y": 0.5, "name": null }]
  const { y, name: _, ...others } = (node[3] ?? {}) as Entry
  if (Object.keys(others).length > 0) return undefined
  const second = typeof y === 'number' ? y : Array.isArray(y) ? [...y, {}] : undefined
  return {
    operator: (config as Entry).function,
    values: second === undefined ? [] : [[...node.slice(0, 3), {}], second],
    node: tensors => tensors,
  }
}
