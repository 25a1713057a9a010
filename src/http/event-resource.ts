import { z } from 'zod'
import { type JobEvent, JobEventSchema } from '#domain/event.ts'
import { oncePerObject } from './once-per-object.ts'
import { shownFields } from './shown-fields.ts'

const DATA: ReadonlyMap<string, z.ZodObject> = new Map(
  JobEventSchema.options.map(({ shape: { type, data } }) => [type.value, data]),
)

type EventResource = z.infer<typeof JobEventSchema>

/** An event as clients see it. */
export const eventResource = oncePerObject(({ seq, type, jobId, attempt, time, data }: JobEvent) => {
  const shown = shownFields(DATA.get(type) ?? z.object({}), data)
  return { seq, type, jobId, attempt, time, data: shown } as EventResource
})
