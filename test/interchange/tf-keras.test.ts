import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { assertClose } from '#test/support/predict.ts'
import { openEngine } from '#workers/engine/open-engine.ts'
import { answersOf } from './answers-of.ts'

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/tf-keras/${name}`, import.meta.url))
const expected = JSON.parse(await readFile(fixture('answers.json'), 'utf8'))

await openEngine('native')

for (const [name, network] of [
  ['images.keras', 'images'],
  ['images.h5', 'images'],
  ['tokens.keras', 'tokens'],
]) {
  it(`${name} of the last Keras 2 predicts the same, including its hard sigmoid and its moving statistics`, async () => {
    const { inputs, outputs } = expected[network!]
    const { answers, warnings } = await answersOf([fixture(name!)], inputs)
    assertClose(answers, outputs)
    const codes = warnings.map(({ code }) => code)
    assert.deepEqual(codes, network === 'images' ? ['optimizer_state_left_out'] : [])
  })
}
