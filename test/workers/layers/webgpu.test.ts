import { openWebgpuEngine } from '#test/support/open-webgpu-engine.ts'
import { testModels } from './battery.ts'
import { testNetwork } from './network-battery.ts'
import { testSequences } from './sequence-battery.ts'

await openWebgpuEngine()
testModels()
testNetwork()
testSequences()
