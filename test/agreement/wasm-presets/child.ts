import * as tf from '@tensorflow/tfjs-core'
import { perturb } from '#test/agreement/trajectory/perturb.ts'
import {
  drawInitialValues,
  runTrajectory,
  type Trajectory,
  type TrajectorySpec,
} from '#test/agreement/trajectory/trajectory.ts'
import { median } from '#test/support/median.ts'
import type { EngineName } from '#workers/engine/engine.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { openProgram } from '#workers/engine/open-program.ts'

// A child process for one engine: runs the trajectory there and sends the result.

export interface ChildInput {
  spec: TrajectorySpec
  engine: EngineName
  /** Whether to change each initial weight by one float32. */
  isPerturbed: boolean
}

export interface ChildResult extends Pick<Trajectory, 'losses' | 'digest'> {
  /** Median duration of a step. */
  milliseconds: number
  /** Size of WebAssembly's heap at the end, if the engine has one. */
  heapMiB?: number
}

const MIB = 2 ** 20

const { spec, engine, isPerturbed }: ChildInput = JSON.parse(process.argv[2]!)
await openEngine(engine)
const initial = drawInitialValues(spec)
const { losses, digest, milliseconds } = runTrajectory(
  openProgram,
  spec,
  isPerturbed ? perturb(initial) : initial,
)
const result: ChildResult = { losses, digest, milliseconds: median(milliseconds), ...heapSize() }
process.send!(result, () => process.exit())

function heapSize(): { heapMiB?: number } {
  if (engine !== 'wasm') return {}
  const { wasm } = tf.backend() as tf.KernelBackend & { wasm: { HEAPU8: Uint8Array } }
  return { heapMiB: wasm.HEAPU8.byteLength / MIB }
}
