import type { RouteOptions } from 'fastify'
import { CLOSE } from './frame-socket.ts'
import { callerOf } from './principal.ts'

/**
 * A hook for new routes: closes the WebSockets of every route when the keys of their callers are no longer valid, and those with a bad
 * ticket immediately after they open. Register it before the plugin for WebSockets, which calls the handler of the route.
 */
export function guardSockets(route: RouteOptions): void {
  const serve = route.wsHandler
  if (!serve) return
  route.wsHandler = function (socket, request) {
    const caller = callerOf(request)
    if (!caller) return socket.close(CLOSE.unauthenticated, 'the ticket is not valid; get another one')
    const forget = caller.whenKeyEnds(() => socket.close(CLOSE.unauthenticated, 'the key is no longer valid'))
    socket.once('close', forget)
    return serve.call(this, socket, request)
  }
}
