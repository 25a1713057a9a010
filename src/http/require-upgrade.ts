import { AppError } from '#domain/error.ts'

/** The handler of a WebSocket route for a GET without an upgrade. @throws AppError `upgrade_required` */
export function requireUpgrade(): never {
  throw new AppError('upgrade_required', 'Open this route as a WebSocket.', {
    headers: { upgrade: 'websocket' },
  })
}
