import { openWebgpuEngine } from '#test/support/open-webgpu-engine.ts'
import { testObjectives } from './battery.ts'

await openWebgpuEngine()
testObjectives()
