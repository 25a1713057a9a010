import * as tf from '@tensorflow/tfjs-core'
import type { Variables } from '#workers/engine/program.ts'
import { dtypeValue, placeholderNode, shapeValue } from './nodes.ts'
import type { Node } from './saved-model.ts'

/** A resource variable of a graph and the nodes that stand for it. */
export interface Variable {
  group: string
  name: string
  /** Its first value. */
  tensor: tf.Tensor
  handle: string
  /** Gives the value from before a call's own assignments. */
  read: string
  /** Is fed what `write` assigns. */
  placeholder: string
  write: string
}

/** Variables may begin as one tensor; a graph tells them apart by their data, so every other than the first is copied. */
export function listVariables(groups: Variables): Variable[] {
  const seen = new Set<object>()
  return Object.entries(groups).flatMap(([group, tensors]) =>
    Object.entries(tensors).map(([name, tensor], index) => {
      const prefix = `${group}/${index}`
      const isShared = seen.has(tensor.dataId)
      seen.add(tensor.dataId)
      return {
        group,
        name,
        tensor: isShared ? tf.tensor(tensor.dataSync().slice(), tensor.shape, tensor.dtype) : tensor,
        handle: `${prefix}/handle`,
        read: `${prefix}/read`,
        placeholder: `${prefix}/value`,
        write: `${prefix}/write`,
      }
    }),
  )
}

export function variableNodes({ tensor, handle, read, placeholder, write }: Variable): Node[] {
  const dtype = dtypeValue(tensor)
  return [
    {
      name: handle,
      op: 'VarHandleOp',
      input: [],
      attr: { dtype, shape: shapeValue(tensor.shape), shared_name: { s: Buffer.from(handle) } },
    },
    { name: read, op: 'ReadVariableOp', input: [handle], attr: { dtype } },
    placeholderNode(placeholder, tensor),
    { name: write, op: 'AssignVariableOp', input: [handle, placeholder], attr: { dtype } },
  ]
}
