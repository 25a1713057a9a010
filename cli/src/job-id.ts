import type { Thresher } from '@thresher/client'
import { Argument } from 'commander'
import { usageError } from './failure.ts'
import { counted } from './terminal/figures.ts'

const WHOLE = /^job_[0-9a-z]{26}$/
/** How many of the newest jobs are searched for an abbreviated id. */
const SEARCHED = 1_000
const SHORTEST = 4

export const jobArgument = () =>
  new Argument('<job>', 'id of a job, its last characters, or @1 for the newest job, @2 for the one before')

export const jobsArgument = () =>
  new Argument(
    '<jobs...>',
    'ids of jobs, their last characters, or @1 for the newest job, @2 for the one before',
  )

/** The whole id. Ids begin with their time, so jobs differ in their last characters. @throws Failure if none or several jobs fit */
export async function jobId(thresher: Thresher, text: string): Promise<string> {
  if (WHOLE.test(text)) return text
  const place = /^@(\d+)$/.exec(text)
  if (place && Number(place[1]) === 0) throw usageError(`${text} names none: the newest job is @1.`)
  const newest = await newestIds(thresher, place ? Number(place[1]) : SEARCHED)
  if (place) {
    const id = newest[Number(place[1]) - 1]
    if (id) return id
    throw usageError(
      newest.length === 0
        ? 'There are no jobs.'
        : `There ${newest.length === 1 ? 'is' : 'are'} only ${counted(newest.length, 'job')}.`,
    )
  }
  const found = text.length < SHORTEST ? [] : newest.filter(id => id.endsWith(text))
  if (found.length === 1) return found[0]!
  if (found.length > 1) throw usageError(`Several jobs end with "${text}": ${found.join(', ')}.`)
  throw usageError(
    `"${text}" is not the id of a job, and none of the newest jobs ends with it.`,
    '`thresher ls` lists the jobs.',
  )
}

async function newestIds(thresher: Thresher, most: number): Promise<string[]> {
  const ids: string[] = []
  if (most < 1) return ids
  for await (const { id } of thresher.jobs.list({ limit: Math.min(most, 100) })) {
    ids.push(id)
    if (ids.length === most) break
  }
  return ids
}

/** Enough of an id to name the job. */
export function shortId(id: string): string {
  return `…${id.slice(-6)}`
}
