import * as tf from '@tensorflow/tfjs-core'
import type { Variables } from '#workers/engine/program.ts'
import { dtypeValue, placeholderNode, shapeValue } from './nodes.ts'
import type { Node } from './saved-model.ts'

/** A resource variable of a graph, and the names of its nodes. */
export interface GraphVariable {
  group: string
  name: string
  /** The initial value. */
  tensor: tf.Tensor
  handle: string
  /** Reads the value that the variable has before the call's assignments. */
  read: string
  /** The placeholder of the value that `write` assigns. */
  placeholder: string
  write: string
}

/**
 * Variables may share one initial tensor. A graph distinguishes variables by their data, so the tensor is copied for each variable except
 * the first.
 */
export function listVariables(groups: Variables): GraphVariable[] {
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

export function variableNodes({ tensor, handle, read, placeholder, write }: GraphVariable): Node[] {
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
