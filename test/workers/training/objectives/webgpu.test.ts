import { openWebgpuEngine } from '#test/workers/engine/open-webgpu-engine.ts'
import { testObjectives } from './battery.ts'

await openWebgpuEngine()
testObjectives()
