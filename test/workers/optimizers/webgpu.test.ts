import { openWebgpuEngine } from '#test/support/open-webgpu-engine.ts'
import { testOptimizers } from './battery.ts'
import { testChannels } from './channel-battery.ts'
import { testGrda } from './grda-battery.ts'
import { testAgainstKeras } from './keras-battery.ts'
import { testOnSupport } from './on-support-battery.ts'

await openWebgpuEngine()
testOptimizers()
testOnSupport()
testGrda()
testChannels()
testAgainstKeras()
