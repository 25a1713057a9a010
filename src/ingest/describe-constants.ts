import type { Moments } from './moments.ts'
import type { Notes } from './notes.ts'

const MOST_CHANNELS = 20

/** Adds a note on channels that have the same value in all training examples. */
export function describeConstants(moments: Moments, notes: Notes): void {
  const channels = moments.constantChannels
  if (channels.length === 0) return
  const which = channels.slice(0, MOST_CHANNELS).join(', ')
  const more = channels.length > MOST_CHANNELS ? ' and others' : ''
  notes.add(
    `Constant channels, which carry no information, counted from 0 along the last axis: ${which}${more}. Their standard deviation in \`statistics\` is 1.`,
  )
}
