import { EmptyState } from '../../components/empty-state.tsx'

export function JobsPage() {
  return <EmptyState title="This page is not written yet." />
}
