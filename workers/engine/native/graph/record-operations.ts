import type * as tf from '@tensorflow/tfjs-core'
import { ATTRIBUTE_TYPES, type Attribute } from '#workers/engine/native/attributes.ts'
import { nativeBackend } from '#workers/engine/native/native-backend.ts'
import { constantNode, shapeValue } from './nodes.ts'
import type { AttributeValue, Node } from './saved-model.ts'

/** The sources of tensors in a graph, `node` or `node:output`, by the identity of the tensors' data. */
export type References = WeakMap<tf.DataId, string>

/**
 * Calls `compute` and appends every TensorFlow op that it executes to `nodes`. Tensors that no recorded op made and that
 * `references` does not contain become constants.
 *
 * @param references gains the outputs of the ops
 * @throws Error when `compute` reads a value that depends on an input, because a graph cannot do that
 */
export function recordOperations<Result>(
  nodes: Node[],
  references: References,
  compute: () => Result,
): Result {
  const backend = nativeBackend()
  const { executeSingleOutput, executeMultipleOutputs, readSync } = backend
  const record = recorder(nodes, references)
  Object.assign(backend, {
    executeSingleOutput(op: string, attributes: Attribute[], inputs: tf.Tensor[]) {
      const output = executeSingleOutput.call(backend, op, attributes, inputs)
      record(op, attributes, inputs, [output])
      return output
    },
    executeMultipleOutputs(op: string, attributes: Attribute[], inputs: tf.Tensor[], count: number) {
      const outputs = executeMultipleOutputs.call(backend, op, attributes, inputs, count)
      record(op, attributes, inputs, outputs)
      return outputs
    },
    readSync(dataId: tf.DataId) {
      if (references.has(dataId))
        throw new Error('A routine read the value of a tensor that its graph computes.')
      return readSync.call(backend, dataId)
    },
  })
  try {
    return compute()
  } finally {
    Object.assign(backend, { executeSingleOutput, executeMultipleOutputs, readSync })
  }
}

/** Returns the function that appends one executed op to `nodes`. */
function recorder(nodes: Node[], references: References) {
  return (op: string, attributes: readonly Attribute[], inputs: tf.Tensor[], outputs: tf.Tensor[]): void => {
    const input = inputs.map(tensor => referenceTo(tensor, nodes, references))
    const name = `${nodes.length}/${op}`
    nodes.push({ name, op, input, attr: Object.fromEntries(attributes.map(attributeEntry)) })
    for (const [index, { dataId }] of outputs.entries()) references.set(dataId, `${name}:${index}`)
  }
}

/** The tensor's source in the graph; a tensor without one becomes a constant. */
export function referenceTo(tensor: tf.Tensor, nodes: Node[], references: References): string {
  const known = references.get(tensor.dataId)
  if (known !== undefined) return known
  const node = constantNode(`${nodes.length}/Const`, tensor)
  nodes.push(node)
  references.set(tensor.dataId, node.name)
  return node.name
}

/** The field of the message AttrValue for each `TF_AttrType`. */
const FIELDS: Readonly<Record<number, string>> = {
  [ATTRIBUTE_TYPES.string]: 's',
  [ATTRIBUTE_TYPES.int]: 'i',
  [ATTRIBUTE_TYPES.float]: 'f',
  [ATTRIBUTE_TYPES.bool]: 'b',
  [ATTRIBUTE_TYPES.type]: 'type',
  [ATTRIBUTE_TYPES.shape]: 'shape',
}

function attributeEntry({ name, type, value }: Attribute): [string, AttributeValue] {
  const field = FIELDS[type]!
  if (field === 'shape') return [name, shapeValue(value as number[])]
  const toField = (item: unknown) => (field === 's' ? Buffer.from(item as string) : item)
  return [
    name,
    Array.isArray(value) ? { list: { [field]: value.map(toField) } } : { [field]: toField(value) },
  ]
}
