import { PageHead } from '@/components/shell/page'

export default function Page() {
  return <PageHead title="Start" />
}
