import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import request from 'supertest'
import { driveSweep } from '#jobs/drive-sweep.ts'
import type { Stores } from '#stores/connect.ts'
import { appendEvent, epochMetrics, startJob } from './drive-job.ts'

/** Sweeps that have just been created, are under way, have ended, and were cancelled. */
export async function makeSweeps({ server }: FastifyInstance, stores: Stores): Promise<string[]> {
  const space = { 'optimizer.c': [0.001, 0.002] }
  const bodies = [
    { base: { model: { preset: 'mnist-mlp' } }, search: { method: 'grid' }, space },
    {
      name: 'x',
      base: { model: { preset: 'mnist-mlp' } },
      search: { method: 'random', trials: 2 },
      space: { ...space, batchSize: [64, 128], 'schedule.name': ['constant'] },
      objective: { maximize: ['sparsity', 'validationAccuracy'] },
    },
    {
      base: { model: { preset: 'mnist-mlp' } },
      search: { method: 'lrRange' },
      space: { 'optimizer.learningRate': { log: [0.001, 1] } },
    },
  ]
  const drive = (id: string) =>
    driveSweep({ ...stores, datasetsDir: '' }, id, { log: pino({ level: 'silent' }) })
  const ids: string[] = []
  for (const body of bodies) {
    for (const stage of ['created', 'running', 'ended', 'cancelled']) {
      const { id } = (await request(server).post('/v1/sweeps').send(body)).body
      ids.push(id)
      if (stage === 'created') continue
      await drive(id)
      if (stage === 'running') continue
      if (stage === 'cancelled') await request(server).post(`/v1/sweeps/${id}/cancel`)
      for (const { id: jobId } of (await request(server).get(`/v1/jobs?sweepId=${id}`)).body.data) {
        if (stage === 'cancelled') continue
        await startJob(stores, jobId)
        await appendEvent(stores, jobId, 'epoch', epochMetrics(1))
        await appendEvent(stores, jobId, 'succeeded', {})
      }
      await drive(id)
      await drive(id)
    }
  }
  return ids
}
