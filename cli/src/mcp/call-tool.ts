import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv-provider.js'
import { quoted } from './compact.ts'
import { Schemas } from './schemas.ts'
import type { Call, Tool } from './tool.ts'
import { errorResult, ToolError } from './tool-error.ts'

const validator = new AjvJsonSchemaValidator()

/** Runs a tool. A failure is a result for the model, which can correct its call, and not an error of the protocol. */
export async function callTool(
  tool: Tool,
  args: Record<string, unknown>,
  call: Call,
): Promise<CallToolResult> {
  try {
    checkArguments(tool, args)
    const { text, data } = await tool.run(args, call)
    return { content: [{ type: 'text', text }], structuredContent: data }
  } catch (error) {
    return errorResult(error)
  }
}

/** Checks the arguments of the tool. The service checks the requests in them, and its messages are better. */
function checkArguments(tool: Tool, args: Record<string, unknown>): void {
  const schema = new Schemas().input(tool.input(new Schemas()))
  const { valid, errorMessage = '' } = validator.getValidator(schema)(args)
  if (valid) return
  const known = Object.keys(schema.properties)
  const unknown = Object.keys(args).filter(name => !known.includes(name))
  const mistakes =
    unknown.length > 0
      ? `${unknown.map(quoted).join(', ')} ${unknown.length === 1 ? 'is' : 'are'} not among them. They are: ${known.join(', ')}.`
      : // Ajv calls the arguments `data`, and one of them `data/limit`.
        `${errorMessage.replace(/\bdata\//g, '').replace(/\bdata must/g, 'they must')}.`
  throw new ToolError(`The arguments of ${tool.name} are not valid: ${mistakes}`)
}
