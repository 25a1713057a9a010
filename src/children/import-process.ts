import './end-with-parent.ts'

import { importModel } from '#interchange/import-model.ts'
import { answerTasks } from './answer-tasks.ts'
import type { ImportTask } from './importer.ts'

// A child of the importer: converts uploaded models to checkpoints.

answerTasks(({ upload, folder }: ImportTask) => importModel(upload, folder))
