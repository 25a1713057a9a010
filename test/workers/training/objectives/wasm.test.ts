import { openEngine } from '#workers/engine/engine.ts'
import { testObjectives } from './battery.ts'

await openEngine('wasm')
testObjectives()
