import type { ConnectivityResult } from '#analyses/connectivity.ts'
import { escapeHtml } from './escape-html.ts'
import { linePlot } from './line-plot.ts'

/** The losses along a curve, as a self-contained SVG. */
export function connectivityPlot({ points }: ConnectivityResult): string {
  const curve = (name: string, field: 'trainLoss' | 'validationLoss') => ({
    name,
    points: points.flatMap(point => (point[field] === null ? [] : [[point.t, point[field]] as const])),
  })
  return linePlot('Loss on the curve between the models', 't', [
    curve('training', 'trainLoss'),
    curve('validation', 'validationLoss'),
  ])
}

/** The part of a report about a curve from its model to another one. */
export function connectivitySection(result: ConnectivityResult): string {
  const { models, barrier, points, examples, step } = result
  const [first, last] = models.map(({ jobId }) => escapeHtml(jobId))
  const middle = points.toSorted((a, b) => (b.trainLoss ?? 0) - (a.trainLoss ?? 0))[0]!
  const facts =
    barrier === null
      ? 'The loss is not finite everywhere.'
      : `The highest training loss is ${middle.trainLoss!.toPrecision(4)}, at t = ${middle.t.toFixed(2)}: <b>${barrier.toPrecision(3)}</b> above that of the worse end.`
  return [
    '<h2>Connectivity</h2>',
    `<p>A quadratic Bezier curve from ${first} (t = 0) to ${last} (t = 1), trained for ${step.toLocaleString('en')} steps. ${facts}
Losses are over ${examples.training.toLocaleString('en')} training and ${examples.validation.toLocaleString('en')} validation examples, without augmentation.</p>`,
    connectivityPlot(result),
  ].join('\n')
}
