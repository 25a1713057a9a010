import type { StepPlanner } from '../context.ts'

export const planReshaping: StepPlanner = {
  plan(context, step) {
    context.emit('reshape', context.planes(step.inputs[0]!), context.planes(step.value))
  },
}

/** Copies each input to channels of the output. */
export const planConcatenation: StepPlanner = {
  plan(context, step) {
    const out = context.planes(step.value)
    let first = 0
    for (const value of step.inputs) {
      const input = context.planes(value)
      const { channels } = input
      context.emit('copy', input, { ...out, channels, at: out.at + first * out.channelPitch })
      first += channels
    }
  },
}
