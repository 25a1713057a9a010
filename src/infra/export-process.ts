import { encodeArtifact } from '#exports/encode-artifact.ts'
import { trainingText } from '#exports/model-metadata.ts'
import { decodeCheckpoint } from '#formats/checkpoint.ts'
import type { ExportAnswer, ExportTask } from './exporter.ts'

// A child of the exporter: makes the files that it is told to make, until it is no longer needed.

process.once('disconnect', () => process.exit(1))
process.on('message', (task: ExportTask) => {
  answer(task)
    .catch((error: Error): ExportAnswer => ({ error: { name: error.name, message: error.message } }))
    .then(given => process.send!(given))
})

async function answer({ name, spec, series, checkpoint: file, variant }: ExportTask): Promise<ExportAnswer> {
  const checkpoint = file && decodeCheckpoint(file, trainingText(spec)).checkpoint
  return await encodeArtifact(name, { spec, series, checkpoint }, variant)
}
