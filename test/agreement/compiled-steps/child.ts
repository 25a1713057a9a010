import type { TrajectorySpec } from '#test/agreement/trajectory/trajectory.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { measure } from './measure.ts'

// A child process for one trajectory: measures it and sends the measurement.

export interface ChildInput {
  spec: TrajectorySpec
  threads: number
  /** Whether to run the compiled trajectory a second time. */
  repeat: boolean
}

const { spec, threads, repeat }: ChildInput = JSON.parse(process.argv[2]!)
await openEngine('native', threads)
process.send!(measure(spec, repeat))
