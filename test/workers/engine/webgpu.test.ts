import { openWebgpuEngine } from '#test/support/open-webgpu-engine.ts'
import { testEngine } from './engine-contract.ts'

// A GPU made of software takes a second for a step.
testEngine('webgpu', { open: openWebgpuEngine, steps: 10 })
