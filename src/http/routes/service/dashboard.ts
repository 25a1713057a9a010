import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AppError } from '#domain/error.ts'
import { listsEntityTag } from '#http/byte-range.ts'
import { handleError } from '#http/error-handler.ts'
import { routeConfig } from '#http/route-config.ts'

/** Scripts and styles come from files of this origin only; images also from bytes that the page has fetched with its key. `'self'` includes WebSockets (Content Security Policy Level 3). */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const PAGE = 'index.html'
/** The names of files in this folder contain a digest of their content. */
const HASHED = 'assets/'
const ONE_YEAR_MS = 365 * 24 * 3600 * 1000

const hidden = {
  schema: { hide: true },
  // The page must load even if the requests that it sends reach a limit.
  config: routeConfig({ public: true, unlimited: true }),
  exposeHeadRoute: true,
}

const underPrefix = { ...hidden, schema: { hide: true, params: z.object({ '*': z.string() }) } }

/**
 * Serves the compiled dashboard of `folder` under /ui without a key: its files, and its page at every other path, because the page reads
 * its state from the URL.
 */
export const dashboardRoutes =
  (folder: string): FastifyPluginAsyncZod =>
  async app => {
    await app.register(fastifyStatic, { serve: false, preCompressed: true })
    app.setErrorHandler((error, request, reply) => handleError(fileError(error), request, reply))
    app.addHook('onRequest', async (_, reply) => {
      reply.header('content-security-policy', CONTENT_SECURITY_POLICY)
    })
    app.get('/', hidden, async (_, reply) => reply.redirect('/ui/'))
    app.get('/ui', hidden, async (_, reply) => reply.redirect('/ui/'))
    app.get('/ui/*', underPrefix, async (request, reply) => {
      const path = request.params['*']
      if (!isFile(path)) return await sendPage(folder, request, reply)
      if (!path.startsWith(HASHED)) return reply.sendFile(path, folder)
      reply.header('vary', 'accept-encoding')
      return reply.sendFile(path, folder, { maxAge: ONE_YEAR_MS, immutable: true })
    })
  }

/** The refusals of the library for files name no code of this service. */
function fileError(error: unknown): unknown {
  const { statusCode, headers } = error as { statusCode?: number; headers?: Record<string, string> }
  if (error instanceof AppError || statusCode === undefined || statusCode >= 500) return error
  switch (statusCode) {
    case 412:
      return new AppError('precondition_failed', 'The file has changed.')
    case 416:
      return new AppError('range_not_satisfiable', 'The file is shorter than the range.', {
        headers: { ...headers },
      })
    default:
      return new AppError('not_found', 'The dashboard has no such file.')
  }
}

/** No page of the dashboard has such a path, so a file that does not exist is not found, rather than the page. */
function isFile(path: string): boolean {
  return path.startsWith(HASHED) || (path !== PAGE && /^[^/]+\.[^/]+$/.test(path))
}

/** The tag is of the content: copies and images may give different pages the same size and time. */
async function sendPage(folder: string, { headers }: FastifyRequest, reply: FastifyReply) {
  const page = await readFile(join(folder, PAGE)).catch(() => {
    throw new AppError(
      'not_found',
      'The dashboard is not built. Run `node scripts/setup.mjs build`, then reload. The API is described at /docs.',
    )
  })
  const tag = `"${createHash('sha256').update(page).digest('base64url')}"`
  reply.headers({ etag: tag, 'cache-control': 'no-cache' })
  const known = headers['if-none-match']
  if (known !== undefined && listsEntityTag(known, tag, 'weak')) return reply.code(304).send()
  return reply.type('text/html; charset=utf-8').send(page)
}
