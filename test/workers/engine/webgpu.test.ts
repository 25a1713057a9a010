import { openWebgpuEngine } from '#test/support/open-webgpu-engine.ts'
import { testEngine } from './engine-contract.ts'

// A software GPU takes a second for a step.
testEngine('webgpu', { open: openWebgpuEngine, steps: 10 })
