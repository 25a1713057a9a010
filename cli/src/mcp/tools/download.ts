import type { ArtifactQuery } from '@thresher/client'
import { download as downloadFile } from '@thresher/client/files'
import { count } from '../../terminal/figures.ts'
import { pathWithin } from '../downloads-folder.ts'
import { JOB_ID, type JobArguments } from '../job-id.ts'
import { defineTool } from '../tool.ts'

type Arguments = JobArguments & ArtifactQuery & { artifact?: string; file?: string }

const SELECTORS = ['checkpoint', 'sparsity', 'sizeBytes', 'minValidationAccuracy', 'rule', 'scope']
const VARIANTS = ['layout', 'dtype', 'weights', 'graph', 'preprocessing', 'structure']
const ARTIFACT = 'model.sparse.safetensors'
/** Chunks are small: not each of them is reported. */
const MOST_REPORTS = 20

export const download = defineTool<Arguments>({
  name: 'download',
  title: 'Download a model',
  description: `Stores a file of a finished or paused job in the folder that the user has chosen, and verifies its SHA-256. The default file is ${ARTIFACT}; others are model.safetensors, model.keras, model.onnx, model.tfjs.zip, model.npz, metrics.csv and report.html. A point of the trade-off is selected by \`sparsity\`, \`sizeBytes\` or \`minValidationAccuracy\`.`,
  scope: 'read',
  needsDownloads: true,
  // It replaces a file of the same name.
  effects: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
  input: schemas => ({
    properties: {
      jobId: JOB_ID,
      artifact: { type: 'string', minLength: 1, default: ARTIFACT, description: 'The name of the file.' },
      file: {
        type: 'string',
        minLength: 1,
        description:
          'Where to store it, relative to the folder that the user has chosen, such as digits/model.onnx. By default the name of the file in a folder with the id of the job.',
      },
      ...schemas.parameters('/v1/jobs/{jobId}/artifacts/{name}', 'get', [...SELECTORS, ...VARIANTS]),
    },
    required: ['jobId'],
  }),
  async run({ jobId, artifact: name = ARTIFACT, file, ...query }, { thresher, downloads, signal, progress }) {
    const path = await pathWithin(downloads!, file ?? `${jobId}/${name}`)
    let reported = 0
    const report = (receivedBytes: number, totalBytes: number) => {
      if (receivedBytes < reported + totalBytes / MOST_REPORTS) return
      reported = receivedBytes
      void progress(receivedBytes, totalBytes, `${count(receivedBytes)} of ${count(totalBytes)} bytes`)
    }
    const source = { jobId, name, query }
    const { sha256, sizeBytes } = await downloadFile(thresher, source, path, {
      signal,
      onProgress: ({ receivedBytes, totalBytes }) => report(receivedBytes, totalBytes),
    })
    return {
      text: `${path}: ${count(sizeBytes)} bytes, sha256 ${sha256}, verified.`,
      data: { path, sizeBytes, sha256, verified: true },
    }
  },
})
