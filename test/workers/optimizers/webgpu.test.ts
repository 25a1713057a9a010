import { openWebgpuEngine } from '#test/support/open-webgpu-engine.ts'
import { testOptimizers } from './battery.ts'
import { testGrda } from './grda-battery.ts'
import { testAgainstKeras } from './keras-battery.ts'

await openWebgpuEngine()
testOptimizers()
testGrda()
testAgainstKeras()
