import './end-with-parent.ts'

import { ingest } from '#ingest/ingest.ts'
import { answerTasks } from './answer-tasks.ts'
import type { IngestTask } from './ingester.ts'

// A child of the ingester: makes datasets of the files that it is told of.

answerTasks(({ request, files, folder }: IngestTask) => ingest(request, files, folder))
