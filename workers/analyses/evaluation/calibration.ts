import type { Calibration } from '#analyses/evaluation-result.ts'
import { type ClassPredictions, ratio } from './class-metrics.ts'

const BINS = 15

/**
 * The expected calibration error: the mean over the examples of |accuracy - confidence| of their bin, where bin m of 15 has the examples
 * with a probability of the predicted class in ((m - 1) / 15, m / 15] (Guo et al. 2017, "On Calibration of Modern Neural Networks",
 * section 2).
 */
export function calibrationOf({ labels, predicted, probability }: ClassPredictions): Calibration {
  const sums = Array.from({ length: BINS }, () => ({ count: 0, confidence: 0, correct: 0 }))
  for (let i = 0; i < labels.length; i++) {
    const bin = sums[Math.min(BINS - 1, Math.max(0, Math.ceil(probability[i]! * BINS) - 1))]!
    bin.count++
    bin.confidence += probability[i]!
    bin.correct += Number(predicted[i] === labels[i])
  }
  const gaps = sums.reduce((total, { confidence, correct }) => total + Math.abs(correct - confidence), 0)
  return {
    expectedCalibrationError: labels.length === 0 ? 0 : gaps / labels.length,
    bins: sums.map(({ count, confidence, correct }, bin) => ({
      above: bin / BINS,
      upTo: (bin + 1) / BINS,
      count,
      confidence: ratio(confidence, count),
      accuracy: ratio(correct, count),
    })),
  }
}
