import assert from 'node:assert/strict'
import { test } from 'node:test'
import { peakMemory, resetPeakMemory } from '#workers/runner/peak-memory.ts'
import { Wear } from '#workers/runner/wear.ts'

const CPU = { device: 'cpu' }
const BYTES = 3e8

test('a runner takes tasks until it has had a hundred', async () => {
  const wear = new Wear(CPU)
  for (let tasks = 1; tasks < 100; tasks++) assert.equal(await wear.allowsAnother(), true)
  assert.equal(await wear.allowsAnother(), false)
})

test('a runner takes no other task after one that has left memory behind, and one after a task that has not', async () => {
  const wear = new Wear(CPU)
  let left: Buffer | undefined = Buffer.alloc(BYTES, 1)
  assert.equal(await wear.allowsAnother(), false, `${left.length} bytes are left`)
  left = undefined
  assert.equal(await wear.allowsAnother(), true)
})

test('a runner on a GPU takes one task', async () => {
  assert.equal(await new Wear({ device: 'NVIDIA H200' }).allowsAnother(), false)
})

test('the peak of memory is measured anew for each task', async () => {
  const wear = new Wear(CPU)
  const before = peakMemory()
  let held: Buffer | undefined = Buffer.alloc(BYTES, 1)
  const peak = peakMemory()
  assert.ok(peak >= before + BYTES / 2, `${held.length} bytes are held, the peak is ${peak}`)
  held = undefined
  await wear.allowsAnother()
  assert.equal(resetPeakMemory(), true)
  assert.ok(peakMemory() < peak - BYTES / 2)
})
