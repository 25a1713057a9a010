import type { PlaneResult } from '#analyses/plane.ts'
import { escapeHtml } from './escape-html.ts'
import { heatPlot } from './heat-plot.ts'

const CURVE_STEPS = 40

/** The training loss, and the test error or the validation loss, on a plane, as a self-contained SVG. */
export function planePlot({ xs, ys, points, third, analysisId }: PlaneResult): string {
  const hasAccuracy = points.some(({ validationAccuracy }) => validationAccuracy !== undefined)
  const common = {
    xs,
    ys,
    marks: [
      { x: 0, y: 0, name: '1' },
      { x: 1, y: 0, name: '2' },
      { ...third, name: analysisId === undefined ? '3' : 'bend' },
    ],
    path: analysisId === undefined ? [] : curveTo(third),
  }
  return heatPlot([
    { title: 'Training loss', values: points.map(({ trainLoss }) => trainLoss), ...common },
    hasAccuracy
      ? {
          title: 'Test error',
          values: points.map(({ validationAccuracy }) => 1 - validationAccuracy!),
          ...common,
        }
      : { title: 'Validation loss', values: points.map(({ validationLoss }) => validationLoss), ...common },
  ])
}

/** The quadratic Bezier curve from (0, 0) to (1, 0), which is on the plane of its bend. */
function curveTo(bend: PlaneResult['third']): [number, number][] {
  return Array.from({ length: CURVE_STEPS + 1 }, (_, index) => {
    const t = index / CURVE_STEPS
    const middle = 2 * t * (1 - t)
    return [middle * bend.x + t * t, middle * bend.y]
  })
}

/** The part of a report about a plane through its model. */
export function planeSection(result: PlaneResult): string {
  const { models, axes, analysisId, examples } = result
  const [first, second, third] = models.map(({ jobId }) => escapeHtml(jobId))
  const through = analysisId === undefined ? third : 'the bend of the curve between both'
  return [
    '<h2>Plane</h2>',
    `<p>The loss on the plane through ${first} (1), ${second} (2) and ${through}. One unit is ${axes.x.toPrecision(3)} in x and ${axes.y.toPrecision(3)} in y.
Losses are over ${examples.training.toLocaleString('en')} training and ${examples.validation.toLocaleString('en')} validation examples, without augmentation.</p>`,
    planePlot(result),
  ].join('\n')
}
