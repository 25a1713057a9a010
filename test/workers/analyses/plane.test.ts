import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { PlaneResult } from '#analyses/plane.ts'
import { JobRequest } from '#domain/training-spec.ts'
import { FormatError } from '#formats/format-error.ts'
import { encodeSafetensors } from '#formats/safetensors.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import { analysisOf, denseLayer, modelOf, restored } from '#test/support/analysed-models.ts'
import { plane } from '#workers/analyses/plane/plane.ts'
import { SurfaceMeter } from '#workers/analyses/surface/surface-meter.ts'
import { loadSplits } from '#workers/data/load-splits.ts'
import { openEngine } from '#workers/engine/open-engine.ts'

await openEngine('native')

const { signal } = new AbortController()
const JOB = {
  dataset: { id: 'mnist' },
  model: {
    topology: {
      inputShape: [28, 28, 1],
      layers: [{ type: 'flatten', name: 'flatten' }, denseLayer('out', 10, 'linear', true)],
    },
  },
  optimizer: { name: 'sgd', learningRate: 0.1 },
  validation: { fraction: 0.9 },
  batchSize: 600,
  epochs: 1,
}

describe('a plane through three models', () => {
  const { spec } = resolveSpec(JobRequest.parse(JOB))
  const models = [1, 2, 3].map(seed => modelOf(spec, undefined, seed))
  const options = { points: 3, examples: 600 }
  const flat = models.map(({ weights }) => weights.flatMap(({ data }) => [...data]))
  const dot = (a: number[], b: number[]) => a.reduce((sum, value, index) => sum + value * b[index]!, 0)
  const minus = (a: number[], b: number[]) => a.map((value, index) => value - b[index]!)
  let output: Awaited<ReturnType<typeof plane>>
  let states: Uint8Array[]
  let result: PlaneResult
  before(async () => {
    const analysis = analysisOf(models, options)
    output = await plane(analysis.input)
    states = analysis.states
    result = JSON.parse(output.files['plane.json'] as string)
  })

  it('has orthogonal axes, in units of the distances of its points', () => {
    const [a, b, c] = flat as [number[], number[], number[]]
    const [u, v] = [minus(b, a), minus(c, a)]
    const s = dot(u, v) / dot(u, u)
    const height = v.map((value, index) => value - s * u[index]!)
    const close = (actual: number, expected: number) => assert.ok(Math.abs(actual / expected - 1) < 1e-6)
    close(result.axes.x, Math.sqrt(dot(u, u)))
    close(result.axes.y, Math.sqrt(dot(height, height)))
    close(result.third.x, s)
    assert.equal(result.third.y, 1)
  })

  it('measures each point of the grid at a + x u + y v', async () => {
    const meter = new SurfaceMeter(spec, await loadSplits(spec), models[0]!, {
      examples: 600,
      signal,
    })
    const [a, b, c] = flat as [number[], number[], number[]]
    for (const [column, row] of [
      [0, 0],
      [2, 1],
    ] as const) {
      const [x, y] = [result.xs[column]!, result.ys[row]!]
      const s = result.third.x
      const place = a.map((value, index) => {
        const u = b[index]! - value
        return value + x * u + y * (c[index]! - value - s * u)
      })
      const expected = await meter.measure(modelOf(spec, [place.slice(0, 7840), place.slice(7840)]))
      const { trainLoss, validationLoss } = result.points[row * 3 + column]!
      assert.ok(Math.abs(trainLoss! - expected.trainLoss!) < 1e-5)
      assert.ok(Math.abs(validationLoss! - expected.validationLoss!) < 1e-5)
    }
    meter.end()
  })

  it('has a table and a picture of all points', () => {
    assert.equal((output.files['plane.csv'] as string).trim().split('\r\n').length, 10)
    const picture = output.files['plane.svg'] as string
    assert.ok(picture.includes('Training loss') && picture.includes('Test error'))
    assert.doesNotMatch(picture, /NaN|undefined|Infinity/)
  })

  it('continues after the points that it has saved, to the same bits', async () => {
    const { input, progress } = analysisOf(models, options, { saved: restored(states[4]!) })
    assert.deepEqual(await plane(input), output)
    assert.equal(progress.length, 4)
  })

  it('takes the bend of a curve as its third point', async () => {
    const readSource = async () => encodeSafetensors(models[2]!.weights)
    const { input } = analysisOf(models.slice(0, 2), { ...options, analysisId: 'analysis_x' }, { readSource })
    const other: PlaneResult = JSON.parse((await plane(input)).files['plane.json'] as string)
    assert.deepEqual([other.points, other.third], [result.points, result.third])
  })

  it('is refused if the models are on one line', async () => {
    const { input } = analysisOf([models[0]!, models[1]!, models[1]!], options)
    await assert.rejects(plane(input), FormatError)
  })
})
