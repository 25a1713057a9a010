import '#src/end-with-parent.ts'

import { ingest } from '#ingest/ingest.ts'
import type { IngestTask } from './ingester.ts'
import { answerTasks } from './warm-child.ts'

// A child of the ingester: makes datasets of the files that it is told of.

answerTasks(({ request, files, folder }: IngestTask) => ingest(request, files, folder))
