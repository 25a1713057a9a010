import type { Job, JobEvent, Problem } from '@thresher/client'
import { type Explanation, explanationOf } from '../explain/explanation.ts'
import { FAILURES } from '../explain/failures.ts'
import { PROBLEMS } from '../explain/problems.ts'
import { WARNINGS } from '../explain/warnings.ts'
import { describeEpoch, metricsOf } from '../job-facts.ts'
import { JOB_ID } from '../job-id.ts'
import { type Answer, type Call, defineTool, READS } from '../tool.ts'
import { ToolError } from '../tool-error.ts'

interface Arguments {
  jobId?: string
  problem?: Problem
  code?: string
}

/** The last epochs before a failure. */
const EPOCHS = 5
/** Older events of a long history are not read. */
const MOST_EVENTS = 2000
const EVIDENCE: ReadonlySet<string> = new Set(['warning', 'restarted', 'paused', 'cancelled', 'failed'])

export const explainError = defineTool<Arguments>({
  name: 'explain_error',
  title: 'Explain a failure, a warning or an error',
  description:
    'Says what a failed job, a warning or an error of the service means, with the evidence in the events of the job, and what to change. Give `jobId`, the `problem` of a failed call, or the `code` of a warning or error.',
  scope: 'read',
  effects: READS,
  input: schemas => ({
    properties: {
      jobId: JOB_ID,
      problem: schemas.component('Problem', 'The `error` of a tool that has failed.'),
      code: { type: 'string', minLength: 1, description: 'The code of a warning or an error.' },
    },
  }),
  async run({ jobId, problem, code }, call) {
    if (jobId !== undefined) return await explainJob(jobId, call)
    if (problem) return explainProblem(problem)
    if (code !== undefined) return explainCode(code)
    throw new ToolError('Give `jobId`, `problem` or `code`.')
  },
})

async function explainJob(jobId: string, { thresher, signal }: Call): Promise<Answer> {
  const job = await thresher.jobs.get(jobId, { signal })
  const events: JobEvent[] = []
  let count = 0
  for await (const event of thresher.jobs.events(jobId, { limit: 200 }, { signal })) {
    if ('seq' in event && EVIDENCE.has(event.type)) events.push(event)
    if (++count === MOST_EVENTS) break
  }
  const { data } = await thresher.jobs.metrics(jobId, {}, { signal })
  const epochs = data.slice(-EPOCHS)
  const found = [
    ...(job.error
      ? [finding('failure', job.error.code, job.error.message, explanationOf(FAILURES, job.error.code))]
      : []),
    ...job.warnings.map(({ code, path, message }) => ({
      ...finding('warning', code, message, explanationOf(WARNINGS, code)),
      path,
    })),
  ]
  return {
    text: [
      headline(job),
      ...found.map(describeFinding),
      ...(epochs.length > 0 ? ['The last epochs:', ...epochs.map(describeEpoch)] : []),
    ].join('\n'),
    data: {
      ...{ jobId, status: job.status, findings: found },
      evidence: {
        events: events.map(({ seq, time, type, data: facts }) => ({ seq, time, type, data: facts })),
        epochs: epochs.map(metricsOf),
      },
    },
  }
}

function headline({ id, status, error, warnings, restarts }: Job): string {
  const restarted = restarts > 0 ? ` It restarted ${restarts} times.` : ''
  if (error) return `${id} has failed.${restarted}`
  return warnings.length > 0
    ? `${id} has not failed (status ${status}), but it has warnings.${restarted}`
    : `${id} has neither failed (status ${status}) nor warnings.${restarted}`
}

function explainProblem({ code, detail, errors = [], requestId }: Problem): Answer {
  const found = finding('problem', code, detail, explanationOf(PROBLEMS, code))
  const fields = errors.map(({ path, message }) => `- ${path || 'the whole body'}: ${message}`)
  return {
    text: [describeFinding(found), ...fields].join('\n'),
    data: { findings: [found], errors, requestId },
  }
}

function explainCode(code: string): Answer {
  const found = [
    ['warning', explanationOf(WARNINGS, code)],
    ['failure', explanationOf(FAILURES, code)],
    ['problem', explanationOf(PROBLEMS, code)],
  ].flatMap(([kind, explanation]) =>
    explanation ? [finding(kind as string, code, undefined, explanation as Explanation)] : [],
  )
  if (found.length === 0)
    throw new ToolError(`The service has no warning, failure or error with the code "${code}".`)
  return { text: found.map(describeFinding).join('\n'), data: { findings: found } }
}

interface Finding extends Partial<Explanation> {
  kind: string
  code: string
  message?: string
}

function finding(
  kind: string,
  code: string,
  message: string | undefined,
  explanation: Explanation | undefined,
): Finding {
  return { kind, code, ...(message !== undefined && { message }), ...explanation }
}

function describeFinding({ kind, code, message, meaning, remedy }: Finding): string {
  const known = meaning === undefined ? ['This version of thresher has no explanation for it.'] : [meaning]
  return [
    `${kind} ${code}${message === undefined ? '' : `: ${message}`}`,
    ...known,
    ...(remedy === undefined ? [] : [`What to do: ${remedy}`]),
  ].join('\n  ')
}
