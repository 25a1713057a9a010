import { testEngine } from './engine-contract.ts'
import { openWebgpuEngine } from './open-webgpu-engine.ts'

// A GPU made of software takes a second for a step.
testEngine('webgpu', { open: openWebgpuEngine, steps: 10 })
