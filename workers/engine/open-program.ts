import * as tf from '@tensorflow/tfjs-core'
import { openEagerProgram } from './eager-program.ts'
import { openCompiledProgram } from './native/graph/compiled-program.ts'
import type { Call, Program, Routines, Variables } from './program.ts'

/**
 * Opens a program, which owns the tensors of `variables` from then on. On the native engine the routines are compiled: each of `calls`
 * becomes a graph, so that a call enters TensorFlow once. No other calls are possible then.
 */
export function openProgram(variables: Variables, routines: Routines, calls: readonly Call[]): Program {
  return tf.getBackend() === 'tensorflow'
    ? openCompiledProgram(variables, routines, calls)
    : openEagerProgram(variables, routines)
}
