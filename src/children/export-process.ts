import './end-with-parent.ts'

import { decodeCheckpoint } from '#formats/checkpoint.ts'
import { trainingText } from '#formats/model-metadata.ts'
import { encodeArtifact } from '#interchange/encode-artifact.ts'
import { answerTasks } from './answer-tasks.ts'
import type { ExportTask } from './exporter.ts'

// A child of the exporter: encodes artifacts.

answerTasks(async ({ name, spec, checkpoint: file, variant, ...task }: ExportTask) => {
  const checkpoint = file && decodeCheckpoint(file, trainingText(spec)).checkpoint
  return await encodeArtifact(name, { ...task, spec, checkpoint }, variant)
})
