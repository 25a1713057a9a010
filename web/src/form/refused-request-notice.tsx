import type { RefusedRequest } from './refused-request.ts'

/** Says why the form does not start with the request of the link. */
export function RefusedRequestNotice({ refused }: { refused: RefusedRequest | undefined }) {
  if (!refused) return null
  return (
    <div class="notice bad" role="alert">
      <strong>The request in the link cannot be used.</strong>
      <p>{refused.reason}</p>
      <p>The form shows an example instead, and “The request as JSON” contains the text of the link.</p>
    </div>
  )
}
