import { chooseEngine, type EngineName } from '#workers/engine/open-engine.ts'

// A process of its own for choose-engine.test.ts: trial processes inherit its module hooks.

console.log(JSON.stringify(await chooseEngine(process.argv[2] as 'auto' | EngineName)))
