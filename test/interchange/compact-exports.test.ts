import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { unzipSync } from 'fflate'
import { decodeSafetensors } from '#formats/safetensors.ts'
import { modelFromCheckpoint } from '#formats/trained-model.ts'
import { encodeArtifact } from '#interchange/encode-artifact.ts'
import { load } from '#runtime'
import { DEAD_IN_LENET, withDeadChannels } from '#test/support/dead-channels.ts'
import { assertClose, normalised, predict, softmax, somePixels } from '#test/support/predict.ts'
import { recordOf } from '#test/support/record.ts'
import { openEngine } from '#workers/engine/open-engine.ts'

const BATCH = 2
const LEFT = {
  conv1: 20 - DEAD_IN_LENET.conv1!,
  conv2: 50 - DEAD_IN_LENET.conv2!,
  fc1: 500 - DEAD_IN_LENET.fc1!,
}

await openEngine('native')

describe('a file without the channels that do nothing', () => {
  const record = withDeadChannels(recordOf('mnist-lenet', 0.02))
  const model = modelFromCheckpoint(record.spec, record.checkpoint!)
  const pixels = somePixels(model.topology.inputShape, BATCH)
  const expected = softmax(predict(model, normalised(pixels, record.spec), BATCH), BATCH)
  const compact = { structure: 'compact' } as const

  for (const name of [
    'model.safetensors',
    'model.sparse.safetensors',
    'model.sparse.safetensors.zst',
  ] as const)
    it(`${name} predicts the same on the runtime`, async () => {
      const { bytes, structure } = await encodeArtifact(name, record, compact)
      const runtime = await load(bytes)
      assertClose(runtime.predict(pixels), expected)
      runtime.dispose()
      assert.deepEqual(
        structure!.layers.map(({ layer, channels }) => [layer, channels.after]),
        Object.entries(LEFT),
      )
    })

  it('is smaller, and says what it is without', async () => {
    const whole = await encodeArtifact('model.safetensors', record)
    const { bytes, structure } = await encodeArtifact('model.safetensors', record, compact)
    assert.ok(bytes.length < 0.65 * whole.bytes.length)
    assert.equal(whole.structure, undefined)
    const { parameters, multiplyAdds } = structure!
    const units = 16 * LEFT.conv2
    const dense = units * LEFT.fc1 + LEFT.fc1 * 10
    const filters = 25 * LEFT.conv1 * (1 + LEFT.conv2)
    assert.equal(parameters.after, dense + filters + LEFT.conv1 + LEFT.conv2 + LEFT.fc1 + 10)
    assert.equal(multiplyAdds.after, dense + 25 * LEFT.conv1 * (24 * 24 + 8 * 8 * LEFT.conv2))
    assert.ok(parameters.after < parameters.before && multiplyAdds.after < multiplyAdds.before)
    const { metadata } = decodeSafetensors(bytes)
    const first = JSON.parse(metadata.removed!)[0]
    assert.deepEqual(first, { layer: 'conv1', channels: 20, removed: [0, 1, 2, 3] })
    const { layers } = JSON.parse(metadata.topology!)
    assert.equal(layers.find(({ name }: { name: string }) => name === 'conv1').filters, LEFT.conv1)
  })

  it('has the layout of PyTorch, or of NumPy with its topology, if these are requested', async () => {
    const torch = await encodeArtifact('model.safetensors', record, { layout: 'torch', ...compact })
    const { tensors } = decodeSafetensors(torch.bytes)
    const shapes = new Map(tensors.map(({ name, shape }) => [name, shape]))
    assert.deepEqual(shapes.get('conv2.weight'), [LEFT.conv2, LEFT.conv1, 5, 5])
    assert.deepEqual(shapes.get('fc1.weight'), [LEFT.fc1, 16 * LEFT.conv2])
    const { bytes } = await encodeArtifact('weights.npz', record, compact)
    const metadata = JSON.parse(Buffer.from(unzipSync(bytes)['metadata.json']!).toString())
    assert.equal(metadata.topology.layers.length, model.topology.layers.length)
    assert.equal(metadata.removed.length, 3)
  })

  it('has weights rounded to int8 as well', async () => {
    const { bytes, rounding, structure } = await encodeArtifact('model.sparse.safetensors', record, {
      dtype: 'int8',
      ...compact,
    })
    const runtime = await load(bytes)
    for (const [i, value] of runtime.predict(pixels).entries())
      assert.ok(Math.abs(value - expected[i]!) < 0.01, `${i}: ${value} for ${expected[i]}`)
    runtime.dispose()
    assert.ok(rounding && structure)
  })
})
