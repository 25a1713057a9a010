import { fileURLToPath } from 'node:url'
import { IMPORT } from '#children/child-limits.ts'
import { Importer } from '#children/importer.ts'

// A child of the limits' test: has a file read that keeps its reader busy, and waits to be killed.

const path = fileURLToPath(new URL('../fixtures/corrupt-h5/hang.h5', import.meta.url))
const layer = (class_name: string, config: object) => ({ class_name, config })
const layers = [
  layer('InputLayer', { name: 'in', batch_shape: [null, 4] }),
  layer('Dense', { name: 'd', units: 3 }),
]
const model = { topology: { class_name: 'Sequential', config: { layers } } }
const limits: typeof IMPORT.limits = bytes => ({
  ...IMPORT.limits(bytes),
  seconds: 600,
  processorSeconds: 600,
})
new Importer({ ...IMPORT, limits })
  .import({ upload: { model, files: [{ name: 'hang.h5', path }] }, folder: process.argv[2]! })
  .catch(() => {})
