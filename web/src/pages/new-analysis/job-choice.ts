import { isObject, type Json, valueAt } from '../../form/path.ts'
import { numberOrText } from '../../form/words.ts'

/** A job of a request, with the checkpoint that it names; empty texts where it names none. */
export interface JobChoice {
  id: string
  checkpoint: string
}

/** The jobs of a request. */
export function choicesOf(request: Json): JobChoice[] {
  const jobs = valueAt(request, ['jobs'])
  if (!Array.isArray(jobs)) return []
  return jobs.map(job =>
    isObject(job)
      ? { id: String(job.id ?? ''), checkpoint: String(job.checkpoint ?? '') }
      : { id: String(job), checkpoint: '' },
  )
}

/** The entry of a request that means a choice. */
export function jobOf({ id, checkpoint }: JobChoice): Json {
  const which = numberOrText(checkpoint)
  return which === undefined ? id : { id, checkpoint: which }
}

/** The names of the fields at which the service may find a mistake in the jobs. */
export function jobFieldNames(request: Json): string[] {
  return choicesOf(request).flatMap((_, index) => [`jobs.${index}`, `jobs.${index}.checkpoint`])
}
