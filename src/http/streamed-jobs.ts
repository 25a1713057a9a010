import { z } from 'zod'
import { ProgressFrame } from '#domain/event.ts'
import type { PositionStores } from '#jobs/queue-positions.ts'
import type { Stores } from '#stores/connect.ts'
import type { AnyProgress } from '#stores/job-events.ts'
import { eventResource } from './event-resource.ts'
import { describeJob, JobResource } from './job-resource.ts'
import { oncePerObject } from './once-per-object.ts'
import { shownFields } from './shown-fields.ts'
import type { StreamedKind } from './watch-record.ts'

const progressResource = oncePerObject((frame: AnyProgress) =>
  shownFields(ProgressFrame, frame as ProgressFrame),
)

/** Jobs in streams. */
export function streamedJobs(stores: PositionStores & Pick<Stores, 'jobs' | 'events'>): StreamedKind {
  return {
    store: stores.jobs,
    events: stores.events,
    // The schema of a route encodes its responses; frames are not responses of a route, so they are encoded here.
    describe: async job => ({ job: z.encode(JobResource, await describeJob(job, stores)) }),
    event: eventResource,
    progress: progressResource,
  }
}
