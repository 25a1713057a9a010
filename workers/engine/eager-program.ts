import * as tf from '@tensorflow/tfjs-core'
import type { Program, Routines, Variables } from './program.ts'

/** A program whose routines run kernel by kernel: the reference implementation, and the only one for engines that cannot run graphs. */
export function openEagerProgram(initial: Variables, routines: Routines): Program {
  let variables = initial
  keepAll(variables)
  return {
    groups: Object.keys(initial),
    run({ routine, inputs }) {
      const result = tf.tidy(() => {
        const { outputs, variables: updated = {} } = routines[routine]!(variables, inputs)
        return { outputs: copyHandles(outputs), updated: mergeGroups(variables, updated) }
      })
      disposeReplaced(variables, result.updated)
      variables = result.updated
      keepAll(variables)
      return result.outputs
    },
    read: group =>
      new Map(
        Object.entries(variables[group]!).map(([name, tensor]) => [
          name,
          tensor.dataSync<'float32'>().slice(),
        ]),
      ),
    write(group, tensors) {
      const written = { ...variables, [group]: tensors }
      disposeReplaced(variables, written)
      variables = written
      keepAll(variables)
    },
    dispose: () => tf.dispose(variables as tf.TensorContainer),
  }
}

function mergeGroups(variables: Variables, updated: Variables): Variables {
  return Object.fromEntries(
    Object.entries(variables).map(([group, tensors]) => [group, { ...tensors, ...updated[group] }]),
  )
}

/** An output may be a variable, which the next call disposes. */
function copyHandles(outputs: tf.NamedTensorMap): tf.NamedTensorMap {
  return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, tf.clone(tensor)]))
}

/** Protects the variables from the caller's tf.tidy. */
function keepAll(variables: Variables): void {
  for (const tensors of Object.values(variables)) Object.values(tensors).forEach(tf.keep)
}

function disposeReplaced(before: Variables, after: Variables): void {
  for (const [group, tensors] of Object.entries(before)) {
    for (const [name, tensor] of Object.entries(tensors)) {
      if (after[group]![name] !== tensor) tensor.dispose()
    }
  }
}
