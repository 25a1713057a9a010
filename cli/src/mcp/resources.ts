import type { ReadResourceResult, Resource } from '@modelcontextprotocol/sdk/types.js'
import { type ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js'
import { NotFoundError, type Thresher } from '@thresher/client'
import { factsOf } from './job-facts.ts'

const TEMPLATE = 'thresher://jobs/{jobId}'
const URI = /^thresher:\/\/jobs\/([^/]+)$/
const JSON_TYPE = 'application/json'

export const RESOURCE_TEMPLATES = [
  {
    uriTemplate: TEMPLATE,
    name: 'job',
    title: 'A training job',
    description: 'The whole spec of a job, its state, its metrics by epoch and its files.',
    mimeType: JSON_TYPE,
  },
]

/** A page of the jobs, newest first. */
export async function listResources(
  { jobs }: Thresher,
  cursor: string | undefined,
): Promise<{ resources: Resource[]; nextCursor?: string }> {
  const { data, nextAfter } = await jobs.list({ ...(cursor !== undefined && { after: cursor }) } as object)
  return {
    resources: data.map(({ id, name, status }) => ({
      uri: TEMPLATE.replace('{jobId}', id),
      name: name ?? id,
      description: `${id}, ${status}`,
      mimeType: JSON_TYPE,
    })),
    ...(nextAfter !== null && { nextCursor: nextAfter }),
  }
}

/** @throws McpError for an address that names no job */
export async function readResource(thresher: Thresher, uri: string): Promise<ReadResourceResult> {
  const id = URI.exec(uri)?.[1]
  if (id === undefined) throw notFound(uri)
  try {
    const job = await thresher.jobs.get(decodeURIComponent(id))
    const [{ data: epochs }, { data: artifacts }] = await Promise.all([
      thresher.jobs.metrics(job.id),
      thresher.jobs.artifacts(job.id),
    ])
    const content = { ...factsOf(job, thresher), spec: job.spec, epochs, artifacts }
    return { contents: [{ uri, mimeType: JSON_TYPE, text: JSON.stringify(content, null, 1) }] }
  } catch (error) {
    throw error instanceof NotFoundError ? notFound(uri) : error
  }
}

/** The protocol has no name for this code (specification 2025-06-18, server/resources). */
const RESOURCE_NOT_FOUND = -32002 as ErrorCode

function notFound(uri: string): McpError {
  return new McpError(RESOURCE_NOT_FOUND, `There is no resource ${uri}; use ${TEMPLATE}.`, { uri })
}
