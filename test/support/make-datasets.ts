import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { zipSync } from 'fflate'
import sharp from 'sharp'
import request from 'supertest'
import type { Stores } from '#stores/connect.ts'
import { newId } from '#stores/new-id.ts'
import type { DatasetRecord } from '#stores/upload-records.ts'

const CSV = 'a,always7,y\n1,7,p\n2,7,q\n3,7,p\n'

/** A dataset of every status and kind. @param folder of the registered ones @returns their ids, those of two classes first */
export async function makeDatasets(app: FastifyInstance, stores: Stores, folder: string): Promise<string[]> {
  const post = () => request(app.server).post('/v1/datasets')
  const postDataset = async (spec: object, name: string, content: string | Uint8Array) => {
    const form = post().field('spec', JSON.stringify({ name: 'x', ...spec }))
    const { body } = await form.attach('file', Buffer.from(content), name)
    return body.id ?? body.datasetId
  }
  const png = (side: number) =>
    sharp({ create: { width: side, height: side, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
  const images = async (side: number) => zipSync({ 'a/1.png': await png(4), 'b/1.png': await png(side) })
  for (const name of ['a', 'b']) {
    await mkdir(join(folder, 'images', name), { recursive: true })
    await writeFile(join(folder, 'images', name, '1.png'), await png(4))
  }
  const announced = await post().send({
    name: 'x',
    format: 'csv',
    label: 'y',
    files: [{ name: 'a.csv', sizeBytes: 9 }],
  })
  const registered = await post().send({ name: 'x', format: 'imageFolder', folder: 'images', size: [4, 4] })
  const facts = {
    dtype: 'float32' as const,
    inputShape: [2],
    classes: ['p', 'q'],
    splits: { train: 3, test: 0 },
  }
  const ready = { status: 'ready' as const, sha256: '0'.repeat(64), sizeBytes: 9 }
  const states: DatasetRecord['state'][] = [
    { status: 'validating' },
    { ...ready, facts: { ...facts, statistics: { mean: [2, 7], std: [0.5, 0] } } },
    { ...ready, facts: { ...facts, statistics: { mean: [2, null as unknown as number], std: [1, 1] } } },
  ]
  const createdAt = new Date().toISOString()
  const stored = states.map(state => ({ name: 'x', createdAt, id: newId('dataset'), state }))
  for (const record of stored) await stores.datasets.create(record)
  return [
    await postDataset({ format: 'csv', label: 'y' }, 'constant.csv', CSV),
    await postDataset({ format: 'csv', label: 'a' }, 'targets.csv', 'a,b\n0.5,1\n1.5,1\n'),
    await postDataset({ format: 'csv', label: 'z' }, 'invalid.csv', CSV),
    await postDataset({ format: 'cifar' }, 'data_batch_1.bin', new Uint8Array(2 * 3073)),
    await postDataset({ format: 'imageFolder' }, 'black.zip', await images(4)),
    await postDataset({ format: 'imageFolder', size: [4, 4], channels: 1 }, 'sizes.zip', await images(6)),
    registered.body.id,
    announced.body.id,
    ...stored.map(({ id }) => id),
  ]
}
