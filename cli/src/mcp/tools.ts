import type { Tool } from './tool.ts'
import { cancel, pause, resume } from './tools/change-job.ts'
import { download } from './tools/download.ts'
import { explainError } from './tools/explain-error.ts'
import { getJob } from './tools/get-job.ts'
import { listDatasets } from './tools/list-datasets.ts'
import { listJobs } from './tools/list-jobs.ts'
import { listModels } from './tools/list-models.ts'
import { plan } from './tools/plan.ts'
import { submit } from './tools/submit.ts'
import { tradeoff } from './tools/tradeoff.ts'
import { watch } from './tools/watch.ts'

/** Every tool, in the order in which a training uses them. */
export const TOOLS: readonly Tool[] = [
  listModels,
  listDatasets,
  plan,
  submit,
  watch,
  getJob,
  listJobs,
  tradeoff,
  download,
  cancel,
  pause,
  resume,
  explainError,
]
