import { chooseEngine } from '#workers/engine/choose-engine.ts'
import type { EngineName } from '#workers/engine/engine.ts'

// A child process of choose-engine.test.ts, so that the processes that try engines inherit its module hooks.

console.log(JSON.stringify(await chooseEngine(process.argv[2] as 'auto' | EngineName)))
