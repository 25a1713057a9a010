import { chooseEngine } from '#workers/engine/choose-engine.ts'
import type { EngineName } from '#workers/engine/engine.ts'

// A process of its own for choose-engine.test.ts: trial processes inherit its module hooks.

console.log(JSON.stringify(await chooseEngine(process.argv[2] as 'auto' | EngineName)))
