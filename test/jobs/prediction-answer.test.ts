import assert from 'node:assert/strict'
import { it } from 'node:test'
import { predictionAnswer } from '#jobs/prediction-answer.ts'

const upload = { classes: ['no', 'yes'], inputShape: [2], dtype: 'float32', splits: { train: 4, test: 0 } }
const SPEC = { loss: 'binaryCrossentropy', dataset: { id: 'dataset_1', upload } } as never

it('a probability of one half is class 0, as in the accuracy, where only a positive logit is class 1', () => {
  const { predictions } = predictionAnswer(SPEC, Float32Array.of(0.5, 0.25, 0.75), 3)
  assert.deepEqual(predictions, [
    { class: 0, label: 'no', probability: 0.5 },
    { class: 0, label: 'no', probability: 0.75 },
    { class: 1, label: 'yes', probability: 0.75 },
  ])
})
