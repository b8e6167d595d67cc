'use client';
// Keeps a fault in one pane from taking the rest of the app with it.
import { Component } from 'react';
import type { ReactNode } from 'react';
import { TriangleAlert } from 'lucide-react';
import { useT } from '../../../../components/i18n/i18n.tsx';
import { Button } from '../../../../components/ui/button.tsx';
import { Notice } from '../../../../components/ui/notice.tsx';

interface Props {
  children: ReactNode;
}

function Fallback({ onRetry }: { onRetry: () => void }) {
  const t = useT();
  return (
    <Notice icon={<TriangleAlert />} title={t('error.title')} alert action={<Button onClick={onRetry}>{t('app.retry')}</Button>}>
      {t('error.text')}
    </Notice>
  );
}

/** Shows a notice with "Try again" in place of children that failed to render. Give it a key to reset it. */
export class ErrorBoundary extends Component<Props, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? <Fallback onRetry={() => this.setState({ failed: false })} /> : this.props.children;
  }
}
