import type { EngineName } from '#workers/engine/engine.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { networkValues } from './network-battery.ts'

// A child of engines-agree.test.ts: answers with what the engine that argv names makes of the network.
await openEngine(process.argv[2] as EngineName)
process.send!(networkValues(), () => process.disconnect())
