import { openEngine } from '#workers/engine/open-engine.ts'
import { testObjectives } from './battery.ts'

await openEngine('native')
testObjectives()
