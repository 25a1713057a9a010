import type { Thresher } from '@thresher/client'
import type { InputFields, Schemas } from './schemas.ts'

/** What a tool returns: text for the reader, and the same facts as JSON. */
export interface Answer {
  text: string
  data: Record<string, unknown>
}

/** What a tool works with during one call. */
export interface Call {
  thresher: Thresher
  /** The folder that `download` may write to, if the user has chosen one. */
  downloads: string | undefined
  /** Aborted when the client cancels the call. */
  signal: AbortSignal
  /** Reports progress to a client that has asked for it. `value` must grow with every call. */
  progress(value: number, total: number, message: string): Promise<void>
}

/** How a client may treat a tool without asking the user (ToolAnnotations of the protocol). */
export interface Effects {
  readOnlyHint: boolean
  destructiveHint?: boolean
  idempotentHint?: boolean
}

export interface Tool {
  name: string
  title: string
  description: string
  /** The scope that a key needs for it. */
  scope: 'read' | 'submit'
  /** Whether the user must have chosen a folder for downloads. */
  needsDownloads?: boolean
  effects: Effects
  input(schemas: Schemas): InputFields
  /** @param args valid by `input` */
  run(args: Record<string, unknown>, call: Call): Promise<Answer>
}

/** A tool whose arguments have the type that its input schema describes. */
export function defineTool<Args extends object>(
  tool: Omit<Tool, 'run'> & { run(args: Args, call: Call): Promise<Answer> },
): Tool {
  return { ...tool, run: (args, call) => tool.run(args as Args, call) }
}

/** A tool that changes nothing. */
export const READS: Effects = { readOnlyHint: true }
