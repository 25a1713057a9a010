import type { Thresher } from '@thresher/client'

/** 40 examples of two classes in the plane, as CSV. */
const POINTS = Array.from({ length: 40 }, (_, index) => {
  const [x, y] = [Math.cos(index), Math.sin(index * 2)]
  return `${x},${y},${x + y > 0 ? 'above' : 'below'}`
})

/** A job that trains within a second: a small network on 40 points. @returns a request without optimizer and epochs */
export async function smallTraining({ datasets }: Thresher) {
  const content = new Blob([['x,y,label', ...POINTS, ''].join('\n')])
  const spec = { name: 'points', format: 'csv', label: 'label', header: true, delimiter: ',' } as const
  const { id } = await datasets.create(spec, [{ name: 'points.csv', content }])
  await datasets.wait(id, { everyMs: 100 })
  const layers = [
    { type: 'dense', name: 'hidden', units: 32, activation: 'relu', kernelInitializer: 'heUniform' },
    { type: 'dense', name: 'classes', units: 2, activation: 'linear', kernelInitializer: 'glorotUniform' },
  ]
  return { dataset: { id }, model: { topology: { inputShape: [2], layers } }, batchSize: 8 }
}
