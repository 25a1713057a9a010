import type { Logger } from 'pino'
import type { WorkerRef } from '#domain/event.ts'
import type { ServiceStores } from '#stores/connect.ts'
import type { Admission } from './admission.ts'
import type { SpareRunner } from './spare-runner.ts'

/** The services that a supervisor provides to each of its jobs. */
export interface Supervisor {
  stores: ServiceStores
  worker: WorkerRef
  admission: Admission
  runners: SpareRunner
  /** This supervisor's own folder. */
  scratch: string
  /** The operator's folder of datasets. */
  datasetsDir: string
  logger: Logger
}
