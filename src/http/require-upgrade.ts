import { AppError } from '#domain/error.ts'

/** Answers a plain GET of a route that is a WebSocket. @throws AppError `upgrade_required` */
export function requireUpgrade(): never {
  throw new AppError('upgrade_required', 'Open this route as a WebSocket.', {
    headers: { upgrade: 'websocket' },
  })
}
