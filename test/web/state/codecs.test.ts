import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { choiceCodec, listCodec, numberCodec, rangeCodec, textCodec } from '#web/src/state/codecs.ts'

describe('values in the address', () => {
  it('are absent while they are the fallback', () => {
    assert.equal(textCodec('').write(''), null)
    assert.equal(choiceCodec(['a', 'b'], 'a').write('a'), null)
    assert.equal(numberCodec(0).write(0), null)
    assert.equal(listCodec.write([]), null)
    assert.equal(rangeCodec.write(null), null)
  })

  it('survive writing and reading', () => {
    assert.equal(textCodec('').read('mlp'), 'mlp')
    assert.equal(choiceCodec(['a', 'b'], 'a').read('b'), 'b')
    assert.equal(numberCodec(0).read(numberCodec(0).write(0.85)), 0.85)
    assert.deepEqual(listCodec.read(listCodec.write(['job_1', 'job_2'])), ['job_1', 'job_2'])
    assert.deepEqual(rangeCodec.read(rangeCodec.write([-1.5, 2e-7])), [-1.5, 2e-7])
  })

  it('are the fallback if somebody edited the address to nonsense', () => {
    assert.equal(choiceCodec(['a', 'b'], 'a').read('z'), 'a')
    assert.equal(numberCodec(3).read('many'), 3)
    assert.equal(numberCodec(3).read(''), 3)
    for (const text of ['5', '..', '9..1', 'a..b', null]) assert.equal(rangeCodec.read(text), null)
  })

  it('list each word once', () => {
    assert.deepEqual(listCodec.read('a,b,,a'), ['a', 'b'])
  })
})
