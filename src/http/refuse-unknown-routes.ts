import type { FastifyInstance, FastifyRequest } from 'fastify'
import { AppError } from '#domain/error.ts'
import { rememberMethods } from './allowed-methods.ts'

/**
 * Call it before routes are registered.
 * @returns a hook that refuses a request without a route before its body is read, whose type and form do not matter then.
 * It throws AppError `not_found`, or `method_not_allowed` if the path has a route for other methods
 */
export function refuseUnknownRoutes(app: FastifyInstance): (request: FastifyRequest) => Promise<void> {
  const methodsOf = rememberMethods(app)
  const refuse = ({ method, url }: FastifyRequest): never => {
    const path = url.split('?')[0]!
    const methods = methodsOf(path)
    // A route of the dashboard has found no such file.
    if (methods.length === 0 || methods.includes(method))
      throw new AppError('not_found', `${method} ${path} is not a route of this service.`)
    const headers = { allow: methods.join(', ') }
    throw new AppError('method_not_allowed', `${path} supports ${headers.allow}.`, { headers })
  }
  app.setNotFoundHandler(refuse)
  return async request => {
    if (request.is404) refuse(request)
  }
}
