import './end-with-parent.ts'

import { ingest } from '#ingest/ingest.ts'
import { answerTasks } from './answer-tasks.ts'
import type { IngestTask } from './ingester.ts'

// A child of the ingester: converts uploaded files to datasets.

answerTasks(({ request, files, folder }: IngestTask) => ingest(request, files, folder))
