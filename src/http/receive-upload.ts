import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { MultipartFile, MultipartValue } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { AppError, invalidRequest } from '#domain/error.ts'
import { MOST_FILE_BYTES, MOST_FILES } from '#ingest/dataset-request.ts'
import { parseByZod } from '#interchange/parse-by-zod.ts'
import { explainJsonError } from './parse-json.ts'
import { malformedForm, readParts } from './read-parts.ts'

/** A file part, stored in the folder of its upload. */
export interface UploadedFile {
  /** The name of the part. */
  field: string
  /** The name that the client gave the file; never used as a path. */
  name: string
  path: string
  sizeBytes: number
}

/** Options of @fastify/multipart for routes that accept uploads. */
export const UPLOAD_LIMITS = {
  // One field and one part more than allowed, so that an excess is seen and named.
  limits: {
    fileSize: MOST_FILE_BYTES,
    files: MOST_FILES,
    fields: 2,
    fieldSize: 1024 ** 2,
    parts: MOST_FILES + 3,
  },
}

/**
 * Streams a multipart body (RFC 7578) into files: the part `spec` is JSON, the other parts are files.
 *
 * @param folder is created for the files, and deleted if this throws; otherwise the caller has to delete it
 * @param fields the names that file parts may have; `fewest` is their lowest number
 * @throws AppError `invalid_request` for a spec that does not match `schema`, an unknown part, or too few files; `body_too_large`
 */
export async function receiveUpload<Spec>(
  request: FastifyRequest,
  folder: string,
  schema: z.ZodType<Spec>,
  { fields, fewest }: { fields: readonly string[]; fewest: number },
): Promise<{ spec: Spec; files: UploadedFile[] }> {
  if (!request.isMultipart())
    throw new AppError('unsupported_media_type', 'Send a multipart/form-data body with a part `spec`.')
  await mkdir(folder, { recursive: true })
  try {
    const files: UploadedFile[] = []
    let spec: unknown
    for await (const part of readParts(request)) {
      if (part.type === 'field') {
        const given = specOf(part)
        if (spec !== undefined) throw invalidRequest('spec', 'is given twice')
        spec = given
      } else files.push(await store(part, join(folder, String(files.length)), fields))
    }
    const parsed = parseSpec(schema, spec)
    if (files.length < fewest)
      throw invalidRequest(fields[0]!, 'is required: send one part of this name for each file')
    return { spec: parsed, files }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

function specOf({ fieldname, value, valueTruncated }: MultipartValue): unknown {
  if (fieldname !== 'spec')
    throw invalidRequest(
      fieldname,
      'is not a field of this form: only the part `spec` is a field, other parts are files',
    )
  if (valueTruncated)
    throw new AppError('body_too_large', `spec is larger than ${UPLOAD_LIMITS.limits.fieldSize} bytes.`)
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch (error) {
    throw invalidRequest('spec', `is not JSON: ${explainJsonError(value, error as Error)}`)
  }
}

function parseSpec<Spec>(schema: z.ZodType<Spec>, spec: unknown): Spec {
  if (spec === undefined)
    throw invalidRequest('spec', 'is required: send a part of this name that describes the files in JSON')
  return parseByZod(schema, spec)
}

async function store(part: MultipartFile, path: string, fields: readonly string[]): Promise<UploadedFile> {
  const { fieldname: field, filename: name, file } = part
  if (!fields.includes(field))
    throw invalidRequest(field, `is not a file part of this form; the file parts are: ${fields.join(', ')}`)
  await pipeline(file, createWriteStream(path)).catch(malformedForm)
  if (file.truncated)
    throw new AppError('body_too_large', `${name} is larger than ${UPLOAD_LIMITS.limits.fileSize} bytes.`)
  return { field, name, path, sizeBytes: file.bytesRead }
}
