import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { Measurer } from '#children/measurer.ts'
import { NotMeasured } from '#children/not-measured.ts'
import { encodeCheckpoint } from '#formats/checkpoint.ts'
import { trainingText } from '#formats/model-metadata.ts'
import { recordOf } from '#test/support/record.ts'

const { spec: own, checkpoint } = recordOf('mnist-mlp', 0.02)
const spec = { ...own, dataset: { ...own.dataset, id: 'ds_gone' } }
const file = encodeCheckpoint(checkpoint!, { training: trainingText(spec), engine: 'test' })

let scratch: string
let measurer: Measurer
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'thresher-measurer-'))
  measurer = new Measurer({ datasetsDir: '', scratch })
})
after(async () => {
  await measurer.close()
  await rm(scratch, { recursive: true, force: true })
})

it('waiting measurements hold no copy of their dataset, and none is left after them', async () => {
  const copies: number[] = []
  const fetchFiles = async (folder: string) => {
    await writeFile(join(folder, 'copy'), 'a dataset')
    copies.push((await readdir(scratch)).length)
    return { checkpoint: file, uploadFile: join(folder, 'absent'), workBytes: 1e6 }
  }
  const measured = Array.from({ length: 4 }, () =>
    assert.rejects(measurer.measure({ spec }, fetchFiles), NotMeasured),
  )
  await Promise.all(measured)
  assert.deepEqual(copies, [1, 1, 1, 1])
  await assert.rejects(
    measurer.measure({ spec }, () => Promise.reject(new NotMeasured('it was deleted'))),
    /it was deleted/,
  )
  assert.deepEqual(await readdir(scratch), [])
})
