import { testEngine } from './engine-contract.ts'
import { openWebgpuEngine } from './open-webgpu-engine.ts'

testEngine('webgpu', openWebgpuEngine)
