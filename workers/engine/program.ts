import type { NamedTensorMap } from '@tensorflow/tfjs-core'
import * as tf from '@tensorflow/tfjs-core'
import { openEagerProgram } from './eager-program.ts'
import { openCompiledProgram } from './native/graph/compiled-program.ts'

/** Tensors that stay on the device between calls, by group and name. */
export type Variables = Readonly<Record<string, NamedTensorMap>>

/**
 * A pure function of tensors: what it gives as `variables` replaces those of the same names. It must be a composition of
 * kernels for which shapes may be read but values may not, since a graph is made of one call of it.
 */
export type Routine = (
  variables: Variables,
  inputs: NamedTensorMap,
) => { outputs: NamedTensorMap; variables?: Variables }

export type Routines = Readonly<Record<string, Routine>>

/** A call that is going to be made: inputs of these shapes and dtypes, whatever their values. */
export interface Call {
  routine: string
  inputs: NamedTensorMap
}

/** Variables and the routines that work on them. */
export interface Program {
  /** The names of the variables' groups. */
  readonly groups: readonly string[]
  /** Replaces the variables that the routine gives anew. The outputs belong to the caller, as the inputs do. */
  run(call: Call): NamedTensorMap
  /** Copies a group of float32 variables off the device. */
  read(group: string): Map<string, Float32Array>
  dispose(): void
}

/**
 * Takes over the tensors of `variables`. Natively the routines are compiled: each of `calls` becomes a graph, so that a
 * call costs one crossing into TensorFlow, and no other calls can be made.
 */
export function openProgram(variables: Variables, routines: Routines, calls: readonly Call[]): Program {
  return tf.getBackend() === 'tensorflow'
    ? openCompiledProgram(variables, routines, calls)
    : openEagerProgram(variables, routines)
}
