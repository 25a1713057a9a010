import { it } from 'node:test'
import { chooseEngine } from '#workers/engine/choose-engine.ts'
import { testEngine } from './engine-contract.ts'

// A machine may have no libtensorflow; what a trial process says of it is then the reason to skip.
const { notice } = await chooseEngine('auto')
if (notice) it('the native engine', { skip: notice }, () => {})
else testEngine('native')
