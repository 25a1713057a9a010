import { openEngine } from '#workers/engine/engine.ts'
import { testOptimizers } from './battery.ts'
import { testGrda } from './grda-battery.ts'

await openEngine('native')
testOptimizers()
testGrda()
