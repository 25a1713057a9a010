import { it } from 'node:test'
import { chooseEngine } from '#workers/engine/choose-engine.ts'
import { testEngine } from './engine-contract.ts'

// A machine may have no libtensorflow; then the test is skipped with the reason.
const { notice } = await chooseEngine('auto')
if (notice) it('the native engine', { skip: notice }, () => {})
else testEngine('native')
