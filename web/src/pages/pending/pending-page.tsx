import { EmptyState } from '../../components/empty-state.tsx'

/** Stands for a page that is not written yet. */
export function PendingPage() {
  return <EmptyState title="This page is not written yet." />
}
