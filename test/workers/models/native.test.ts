import { openEngine } from '#workers/engine/engine.ts'
import { testModels } from './battery.ts'

await openEngine('native')
testModels()
