import assert from 'node:assert/strict'
import { it } from 'node:test'
import { checkpointWriter } from '#workers/runner/checkpoint-writer.ts'
import type { RunnerReport } from '#workers/runner/runner-protocol.ts'

const checkpoint = { state: { clock: { step: 5 }, variables: {} }, weights: '', epoch: 1 }

it('only the best and the last checkpoint of a training wait for space', async () => {
  const reports: RunnerReport[] = []
  const waited: string[] = []
  const write = checkpointWriter({
    scratch: '/nowhere',
    provenance: { training: '', engine: '' },
    send: async report => void reports.push(report),
    write: async path => void waited.push(path),
  })
  const take = (isBest: boolean, isLast: boolean) =>
    write({ type: 'checkpoint', checkpoint, isBest, isModel: isBest, isLast })
  await take(false, false)
  assert.deepEqual([reports.map(({ type }) => type), waited], [['warning'], []])
  await take(true, false)
  await take(false, true)
  assert.deepEqual(reports.slice(1), [
    { type: 'checkpoint', name: 'checkpoint-5.safetensors', epoch: 1, step: 5, isBest: true, isLast: false },
    { type: 'checkpoint', name: 'checkpoint-5.safetensors', epoch: 1, step: 5, isBest: false, isLast: true },
  ])
  assert.equal(waited.length, 2)
})
