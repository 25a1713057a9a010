import { isObject, unexpected } from './answers.ts'
import type { Analysis, AnalysisEvent, HistoryGap, Job, JobEvent } from './contract.ts'

/** Where a job is within an epoch. It is not stored, and has no `seq`. */
export interface JobProgress {
  type: 'progress'
  jobId: string
  attempt: number
  epoch: number
  /** Within the epoch, from 1. */
  step: number
  stepsPerEpoch: number
  loss: number
  examplesPerSecond: number
  /** While the job measures its trade-off. */
  tradeoff?: { done: number; total: number }
}

/** A part of the stream of a job. */
export type JobFrame =
  /** First, and after every interruption of the connection. */
  | { type: 'snapshot'; job: Job }
  /** Stored events, each once, in the order of `seq`. */
  | JobEvent
  | JobProgress
  /** Events `from` to `to` were trimmed from a long history: read the metrics instead. */
  | HistoryGap
  /** Last: the job has ended. */
  | { type: 'end'; status: Job['status']; lastSeq: number }

export interface AnalysisProgress {
  type: 'progress'
  analysisId: string
  attempt: number
  /** In a unit of the kind, such as examples. */
  done: number
  total: number
}

/** A part of the stream of an analysis, like those of a job. */
export type AnalysisFrame =
  | { type: 'snapshot'; analysis: Analysis }
  | AnalysisEvent
  | AnalysisProgress
  | HistoryGap
  | { type: 'end'; status: Analysis['status']; lastSeq: number }

const TERMINAL: ReadonlySet<string> = new Set(['succeeded', 'failed', 'cancelled'])

/** Whether a status, or the event that leads to it, is the last one. */
export function isTerminal(status: string): boolean {
  return TERMINAL.has(status)
}

/** @throws ThresherError for a text that is not a JSON object with a type */
export function parseFrame(text: string): { type: string } {
  let frame: unknown
  try {
    frame = JSON.parse(text)
  } catch (cause) {
    throw unexpected('A frame of the stream is not JSON.', cause)
  }
  if (isObject(frame) && typeof frame.type === 'string' && isSeq(frame.seq) && isSeq(frame.to))
    return { ...frame, type: frame.type }
  throw unexpected('A frame of the stream is not one of the contract.')
}

function isSeq(value: unknown): boolean {
  return value === undefined || Number.isSafeInteger(value)
}
