import type { Job } from '@thresher/client'
import { isObject, type Json } from '../form/path.ts'

/** The request that trains a job again: its spec, with its name and labels. */
export function requestFromJob({ spec, name }: Pick<Job, 'spec' | 'name'>): Json {
  const request = JSON.parse(JSON.stringify(spec)) as Json
  return isObject(request) && name !== undefined ? { name, ...request } : request
}
