import { percent } from '../../terminal/figures.ts'
import { quoted, rounded } from '../compact.ts'
import { describeJob, factsOf, metricsOf, nextStep } from '../job-facts.ts'
import { JOB_ID, type JobArguments } from '../job-id.ts'
import { defineTool, READS } from '../tool.ts'

/** The most epochs of the history that an answer contains. */
const MOST_EPOCHS = 24

export const getJob = defineTool<JobArguments>({
  name: 'get_job',
  title: 'Show a job',
  description: `Returns the state of a job, its metrics by epoch (at most ${MOST_EPOCHS} of them), and the sparsity of each layer. It returns at once; \`watch\` waits.`,
  scope: 'read',
  effects: READS,
  input: () => ({ properties: { jobId: JOB_ID }, required: ['jobId'] }),
  async run({ jobId }, { thresher, signal }) {
    const job = await thresher.jobs.get(jobId, { signal })
    const history = await thresher.jobs.metrics(jobId, { maxPoints: MOST_EPOCHS }, { signal })
    const layers = job.metrics?.layers.map(({ name, size, nonzero }) => ({
      ...{ name, size, nonzero },
      sparsity: rounded(1 - nonzero / size),
    }))
    const byLayer = layers?.map(({ name, sparsity }) => `${quoted(name)} ${percent(sparsity)}`).join(', ')
    return {
      text: [describeJob(job), byLayer && `Zeros by layer: ${byLayer}.`, nextStep(job)]
        .filter(Boolean)
        .join('\n'),
      data: { ...factsOf(job, thresher), epochs: history.data.map(metricsOf), ...(layers && { layers }) },
    }
  },
})
