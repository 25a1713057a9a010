import { choiceCodec } from '../state/codecs.ts'
import { changeQuery, path } from '../state/location.ts'
import { urlState } from '../state/url-state.ts'
import { parseJson } from './parse-json.ts'
import type { Json } from './path.ts'
import { requestCodec } from './request-in-url.ts'

const inAddress = urlState('spec', requestCodec)
const isInTab = urlState('kept', choiceCodec(['yes', 'no'], 'no'))

/** The request of the form on this page: in the address or, if it is too long for one, in the tab (`kept=yes`), until the tab is closed. */
export function storedRequest(): Json | undefined {
  if (inAddress.value !== undefined || isInTab.value === 'no') return inAddress.value
  return parseJson(sessionStorage.getItem(slot()) ?? '').value
}

/** Keeps a request, so that a reload shows it again. */
export function storeRequest(request: Json): void {
  const spec = requestCodec.write(request)
  if (spec === null && keptInTab(JSON.stringify(request))) changeQuery({ spec: null, kept: 'yes' }, 'replace')
  else changeQuery({ spec, kept: null }, 'replace')
}

/** @returns false if the browser has no room */
function keptInTab(text: string): boolean {
  try {
    sessionStorage.setItem(slot(), text)
    return true
  } catch {
    return false
  }
}

function slot(): string {
  return `thresher.request:${path.value}`
}
