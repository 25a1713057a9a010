import type { JsonSchema } from './schemas.ts'

export interface JobArguments {
  jobId: string
}

/** The input of the tools that work on one job. */
export const JOB_ID: JsonSchema = {
  type: 'string',
  minLength: 1,
  maxLength: 500,
  description: 'The id of the job, `job_...`.',
}
