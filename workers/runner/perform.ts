import type { Engine } from '#workers/engine/engine.ts'
import { runAnalysis } from './run-analysis.ts'
import { runTask } from './run-task.ts'
import type { SendReport, TaskOrder } from './runner-protocol.ts'

/** Performs a task and reports it. @throws as the task does */
export function perform(
  order: TaskOrder,
  engine: Engine,
  signal: AbortSignal,
  send: SendReport,
): Promise<void> {
  switch (order.type) {
    case 'train':
      return runTask(order.task, engine, signal, send)
    case 'analyse':
      return runAnalysis(order.task, signal, send)
  }
}
