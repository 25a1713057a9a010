import type { NamedTensorMap } from '@tensorflow/tfjs-core'

/** Tensors that stay on the device between calls, by group and name. */
export type Variables = Readonly<Record<string, NamedTensorMap>>

/**
 * A pure function of tensors. The returned `variables` replace the variables of the same names. It must be a composition of kernels. It may
 * read shapes but not values, because one call of it is recorded as a graph.
 */
export type Routine = (
  variables: Variables,
  inputs: NamedTensorMap,
) => { outputs: NamedTensorMap; variables?: Variables }

export type Routines = Readonly<Record<string, Routine>>

/** A call of a routine. To declare one in advance, only the shapes and dtypes of its inputs matter. */
export interface Call {
  routine: string
  inputs: NamedTensorMap
}

/** Variables and the routines that use them. */
export interface Program {
  /** The names of the variables' groups. */
  readonly groups: readonly string[]
  /** Replaces the variables that the routine returns. The caller owns the outputs, as it owns the inputs. */
  run(call: Call): NamedTensorMap
  /** Copies a group of float32 variables off the device. */
  read(group: string): Map<string, Float32Array>
  /** Replaces all variables of a group by tensors of the same shapes, which the program owns from then on. */
  write(group: string, tensors: NamedTensorMap): void
  dispose(): void
}
