import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { StructureResult } from '#analyses/structure.ts'
import { analysisOf, denseLayer, modelOf, problemOf } from '#test/support/analysed-models.ts'
import { structure } from '#workers/analyses/structure/structure.ts'

const { spec } = problemOf({
  layers: [
    denseLayer('first', 3, 'relu', true),
    denseLayer('second', 2, 'relu', true),
    denseLayer('third', 1),
  ],
  loss: 'meanSquaredError',
  x: [[1, 2]],
  y: [[1]],
})

it('the structure of a network has the live channels and the multiply-adds of each layer', async () => {
  // Unit 0 of the first layer leads nowhere, unit 1 of the second is a constant.
  const model = modelOf(spec, [
    [1, 2, 3, 4, 5, 6],
    [1, 1, 1],
    [0, 0, 1, 0, 1, 0],
    [1, 2],
    [3, 4],
  ])
  const { input, progress } = analysisOf([model], {})
  const { files } = await structure(input)
  const { times, ...result }: StructureResult = JSON.parse(files['structure.json'] as string)
  assert.deepEqual(result, {
    model: { jobId: 'job_0', epoch: 1 },
    // The last layer had no bias, and has one for the constant.
    parameters: { before: 9 + 8 + 2, after: 6 + 3 + 2 },
    multiplyAdds: { before: 6 + 6 + 2, after: 4 + 2 + 1 },
    layers: [
      { layer: 'first', channels: 3, live: 2, kept: 2, multiplyAdds: { before: 6, after: 4 } },
      { layer: 'second', channels: 2, live: 1, kept: 1, multiplyAdds: { before: 6, after: 2 } },
      { layer: 'third', channels: 1, live: 1, kept: 1, multiplyAdds: { before: 2, after: 1 } },
    ],
  })
  assert.deepEqual(
    times!.timings.map(({ batchSize }) => batchSize),
    [1, 32],
  )
  for (const { batchSize: _, ...milliseconds } of times!.timings)
    assert.ok(
      Object.values(milliseconds).length === 4 && Object.values(milliseconds).every(value => value > 0),
    )
  assert.deepEqual(progress.at(-1), [2, 2])
  assert.deepEqual((files['structure.csv'] as string).split('\r\n').slice(0, 2), [
    'layer,channels,live,kept,multiply-adds,multiply-adds after',
    'first,3,2,2,6,4',
  ])
})
