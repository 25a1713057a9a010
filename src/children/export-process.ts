import '#src/end-with-parent.ts'

import { encodeArtifact } from '#exports/encode-artifact.ts'
import { trainingText } from '#exports/model-metadata.ts'
import { decodeCheckpoint } from '#formats/checkpoint.ts'
import { answerTasks } from './answer-tasks.ts'
import type { ExportTask } from './exporter.ts'

// A child of the exporter: makes the files that it is told to make.

answerTasks(async ({ name, spec, series, checkpoint: file, variant }: ExportTask) => {
  const checkpoint = file && decodeCheckpoint(file, trainingText(spec)).checkpoint
  return await encodeArtifact(name, { spec, series, checkpoint }, variant)
})
