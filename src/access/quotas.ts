import { z } from 'zod'
import { ExpiresAfter } from '#domain/retention.ts'

const Count = z.int().min(0)

/** Limits of a tenant, or of one key within it. An absent limit does not apply. */
export const Quotas = z
  .strictObject({
    queuedJobs: Count.optional().describe('Jobs and analyses that wait for a worker.'),
    runningJobs: Count.optional().describe('Jobs and analyses that workers have at the same time.'),
    deviceSecondsPerDay: z
      .number()
      .min(0)
      .optional()
      .describe('Running time in a UTC day. A running job that exhausts it pauses until the next day.'),
    storedBytes: Count.optional().describe('Bytes of datasets, models, checkpoints and artifacts.'),
    modelParameters: Count.optional().describe('Trainable parameters of a model.'),
    epochs: Count.optional().describe('Epochs of a job, all phases together.'),
  })
  .meta({ id: 'Quotas' })
export type Quotas = z.infer<typeof Quotas>
export type QuotaName = keyof Quotas

/** A quota that is used up. */
export interface QuotaUse {
  quota: QuotaName
  of: 'tenant' | 'key'
  used: number
  limit: number
}

/** What an operator sets for a tenant. */
export const TenantSettings = z.strictObject({
  quotas: Quotas.default({}),
  weight: z
    .number()
    .min(0.01)
    .max(100)
    .default(1)
    .describe('The share of the workers that the tenant gets while several tenants have waiting jobs.'),
  expiresAfterSeconds: ExpiresAfter.optional().describe(
    'The retention of jobs whose spec does not set `expiresAfterSeconds`.',
  ),
})
export type TenantSettings = z.infer<typeof TenantSettings>
