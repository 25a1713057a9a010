import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { JobRequest } from '#domain/training-spec.ts'
import { resolveSpec } from '#jobs/resolve-spec.ts'
import { PRESET_NAMES } from '#network/presets/preset-names.ts'

const warningsOf = (request: object) =>
  resolveSpec(JobRequest.parse(request)).warnings.filter(({ path }) => path.startsWith('optimizer'))

const mlp = (learningRate: number, c: number, mu: number, epochs = 10) => ({
  model: { preset: 'mnist-mlp' },
  optimizer: { name: 'grda', learningRate, c, mu },
  epochs,
})

describe('warnings about the threshold', () => {
  // ImageNet has to be uploaded.
  for (const preset of PRESET_NAMES.filter(name => name !== 'resnet50')) {
    it(`are not given for the original experiment ${preset}`, () => {
      const dataset = preset.startsWith('mnist') ? {} : { dataset: { id: 'synthetic-cifar10' } }
      assert.deepEqual(warningsOf({ model: { preset }, ...dataset }), [])
    })
  }

  for (const [learningRate, c, mu, epochs] of [
    [0.3, 0.001, 0.6, 10],
    [0.3, 0.002, 0.6, 10],
    [0.3, 0.008, 0.6, 10],
    [0.3, 0.005, 0.51, 10],
    [0.3, 0.0002, 1, 5],
    [0.005, 0.02, 0.7, 100],
    [0.005, 0.005, 0.51, 150],
  ] as const) {
    it(`are not given for lr ${learningRate}, c ${c}, mu ${mu} and ${epochs} epochs, which prune 10 to 99 %`, () => {
      assert.deepEqual(warningsOf(mlp(learningRate, c, mu, epochs)), [])
    })
  }

  for (const [learningRate, c, mu, epochs, reason] of [
    [0.005, 0.0005, 0.51, 1, /Only 0.\d+ % of the initial weights are within it/],
    [0.0001, 0.005, 0.6, 10, /Only 0.\d+ % of the initial weights/],
    [0.3, 0.02, 0.6, 10, /grows to 0.21 in the first epoch/],
    [0.3, 0.2, 0.6, 3, /grows to 2.1 in the first epoch/],
    [0.3, 0.001, 1, 100, /more than 99.9 % of the weights will be zero/],
  ] as const) {
    it(`are given for lr ${learningRate}, c ${c}, mu ${mu} and ${epochs} epochs, with a range that is accepted`, () => {
      const [warning] = warningsOf(mlp(learningRate, c, mu, epochs))
      assert.deepEqual([warning?.code, warning?.path], ['outside_recommended', 'optimizer.c'])
      assert.match(warning!.message, reason)
      const [, from, to] = warning!.message.match(/A c from (\S+) to (\S+) is/)!
      for (const inRange of [from, to])
        assert.deepEqual(warningsOf(mlp(learningRate, Number(inRange), mu, epochs)), [])
    })
  }

  it('say that c = 0 is plain SGD', () => {
    assert.deepEqual(
      warningsOf(mlp(0.3, 0, 0.6)).map(({ code }) => code),
      ['plain_sgd'],
    )
  })
})
