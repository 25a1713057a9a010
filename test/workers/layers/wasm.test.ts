import { openEngine } from '#workers/engine/open-engine.ts'
import { testModels } from './battery.ts'
import { testNetwork } from './network-battery.ts'
import { testSequences } from './sequence-battery.ts'

await openEngine('wasm')
testModels()
testNetwork()
testSequences()
