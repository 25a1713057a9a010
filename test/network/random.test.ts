import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { permutation, randomFrom, randomStream } from '#network/random.ts'

describe('seeded randomness', () => {
  it('repeats for the same seed and stream, and differs for another', () => {
    const draw = (seed: number, stream: string) => {
      const random = randomStream(seed, stream)
      return Array.from({ length: 5 }, () => random.next())
    }
    assert.deepEqual(draw(1, 'init'), draw(1, 'init'))
    assert.notDeepEqual(draw(1, 'init'), draw(2, 'init'))
    assert.notDeepEqual(draw(1, 'init'), draw(1, 'shuffle'))
  })

  it('continues from a saved state', () => {
    const random = randomStream(7, 'shuffle')
    for (let i = 0; i < 100; i++) random.next()
    const copy = randomFrom(random.state())
    assert.deepEqual(
      [copy.next(), copy.normal(), copy.below(10)],
      [random.next(), random.normal(), random.below(10)],
    )
  })

  it('visits every example once in a permutation', () => {
    const order = permutation(60_000, randomStream(1, 'shuffle', 1))
    assert.equal(new Set(order).size, 60_000)
    assert.notDeepEqual(
      order.slice(0, 10),
      Uint32Array.from({ length: 10 }, (_, i) => i),
    )
  })

  it('draws uniforms and normals with the right moments', () => {
    const random = randomStream(3, 'moments')
    const mean = (draw: () => number) =>
      Array.from({ length: 200_000 }, draw).reduce((a, b) => a + b) / 200_000
    assert.ok(Math.abs(mean(() => random.next()) - 0.5) < 0.005)
    assert.ok(Math.abs(mean(() => random.normal() ** 2) - 1) < 0.02)
    assert.ok(Math.abs(mean(() => random.below(7)) - 3) < 0.03)
  })
})
